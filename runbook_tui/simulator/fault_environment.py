"""Faults of the environment: something in it is really wrong, and everything that depends on it follows."""

import json
from typing import Any

from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World

_PROD = ENVIRONMENTS["prod"]
_MISSING_KEY = "SMTP_PASS"


@fault("targets-unhealthy", "prod: the application answers /ready with 503, so all its targets are unhealthy")
def targets_unhealthy(world: World, _argument: str) -> Undo:
    from runbook_tui.simulator import fleet

    service = fleet.find_service(world, SITE.ecs.cluster, _PROD.service)
    if service is None:
        raise Refused("ServiceNotFoundException", "Service not found.")
    group = service.load_balancers[0]["targetGroupArn"]
    world.ready_status[_PROD.service] = 503
    for task in fleet.tasks_of(world, service):
        fleet.say(
            world,
            service,
            f"(task {task.id}) (port {SITE.app.port}) is unhealthy in (target-group {group}) "
            "due to (reason Health checks failed with these codes: [503]).",
        )

    def undo() -> None:
        del world.ready_status[_PROD.service]
        fleet.say(world, service, "has reached a steady state.")

    return undo


@fault("circuit-breaker-off", "prod: the service deploys without its circuit breaker")
def circuit_breaker_off(world: World, _argument: str) -> Undo:
    place = {"cluster": SITE.ecs.cluster, "service": _PROD.service}
    (service,) = world.call("ecs", "DescribeServices", cluster=SITE.ecs.cluster, services=[_PROD.service])["services"]
    former = service["deploymentConfiguration"]
    without = {**former, "deploymentCircuitBreaker": {"enable": False, "rollback": False}}
    world.call("ecs", "UpdateService", **place, deploymentConfiguration=without)
    return lambda: _forget(world.call("ecs", "UpdateService", **place, deploymentConfiguration=former))


@fault("secret-key-missing", f"prod: the secret lacks {_MISSING_KEY}")
def secret_key_missing(world: World, _argument: str) -> Undo:
    name = _PROD.secret_name
    former = world.call("secretsmanager", "GetSecretValue", SecretId=name)["SecretString"]
    kept = {key: value for key, value in json.loads(former).items() if key != _MISSING_KEY}
    world.call("secretsmanager", "PutSecretValue", SecretId=name, SecretString=json.dumps(kept))
    return lambda: _forget(world.call("secretsmanager", "PutSecretValue", SecretId=name, SecretString=former))


@fault("sg-port-closed", "the tasks' security group no longer admits the load balancer: every target times out")
def sg_port_closed(world: World, _argument: str) -> Undo:
    app, balancer = _group(world, SITE.net.sg_ecs), _group(world, SITE.net.sg_alb)
    port = SITE.app.port
    rule = {
        "GroupId": app,
        "IpPermissions": [
            {
                "IpProtocol": "tcp",
                "FromPort": port,
                "ToPort": port,
                "UserIdGroupPairs": [{"GroupId": balancer}],
            }
        ],
    }
    world.call("ec2", "RevokeSecurityGroupIngress", **rule)
    return lambda: _forget(world.call("ec2", "AuthorizeSecurityGroupIngress", **rule))


def _group(world: World, name: str) -> str:
    filters = [{"Name": "group-name", "Values": [name]}]
    groups = world.call("ec2", "DescribeSecurityGroups", Filters=filters)["SecurityGroups"]
    if not groups:
        raise Refused("InvalidGroup.NotFound", f"The security group {name} does not exist")
    return str(groups[0]["GroupId"])


def _forget(_answer: Any) -> None:
    """An undo returns nothing."""
