"""Checks that a snapshot asks with it: what no single reading of it can tell."""

from typing import Final

CHECKS: Final = (
    "acm.cert.validation-record",
    "alb.rules.host",
    "alb.scheme-subnets",
    "atlas.access-list",
    "atlas.connectivity.peering",
    "atlas.connectivity.privatelink",
    "atlas.connectivity.routes",
    "dns.alias",
    "dns.resolves",
    "dns.zone",
    "dynamo.secret-keys",
    "ecr.running-image-present",
    "ecs.taskdef.port",
    "iam.exec-role.ecr",
    "iam.exec-role.logs",
    "iam.exec-role.secrets",
    "iam.task-role.db",
    "logs.group.exists",
    "maint.dr-leftovers",
    "net.path.aws-apis",
    "review.iam-activity",
    "secret.exists",
    "sg.alb.egress-app",
    "sg.alb.ingress-443",
    "sg.alb.ingress-80",
    "sg.ecs.egress-db",
    "sg.ecs.ingress-app",
    "tg.health-check",
)
