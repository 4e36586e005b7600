"""Ids of the checks of this release, in the order of the guide: the loader's tests need no registry."""

CHECK_IDS = tuple(
    """
    pre.account-match pre.clock pre.credentials pre.dedicated-resources pre.frontend-inventory pre.permissions
    pre.region pre.site-placeholders
    net.igw net.subnets.capacity net.subnets.private net.subnets.public net.vpc.cidr net.vpc.dns net.vpc.exists
    net.vpc.separation
    sg.alb.egress-app sg.alb.exists sg.alb.ingress-443 sg.alb.ingress-80 sg.alb.ingress-minimal sg.ecs.egress-443
    sg.ecs.egress-db sg.ecs.egress-minimal sg.ecs.egress-smtp sg.ecs.exists sg.ecs.ingress-app sg.ecs.ingress-minimal
    secret.exists secret.keys ecr.lifecycle ecr.repo.exists ecr.scan-on-push
    ecs.cluster.active ecs.cluster.insights ecs.taskdef.healthcheck ecs.taskdef.logging ecs.taskdef.port
    ecs.taskdef.secrets-valuefrom ecs.service.active ecs.service.circuit-breaker ecs.service.crash-loop
    ecs.service.deploy-percent ecs.service.desired-min ecs.service.exec ecs.service.grace ecs.service.private
    ecs.service.running ecs.service.steady ecs.service.subnets ecs.service.target-group ecs.service.task-spread
    alb.exists alb.http-redirect alb.https-listener
    tg.deregistration tg.exists tg.health-check tg.targets-healthy
    logs.group.exists logs.group.retention probe.https smoke.endpoint
    """.split()
)
