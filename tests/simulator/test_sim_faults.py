"""Each fault changes exactly what it says, and its end restores it."""

import json
from typing import Any

import pytest

from tests.support.simulator import Running

pytestmark = pytest.mark.slow

CLUSTER = "asharvi-backend-cluster"


def _health(simulator: Running, group: str) -> list[dict[str, str]]:
    elb = simulator.client("elbv2")
    (found,) = elb.describe_target_groups(Names=[group])["TargetGroups"]
    described = elb.describe_target_health(TargetGroupArn=found["TargetGroupArn"])["TargetHealthDescriptions"]
    return [each["TargetHealth"] for each in described]


def _keys(simulator: Running, environment: str) -> list[str]:
    secrets = simulator.client("secretsmanager")
    return sorted(json.loads(secrets.get_secret_value(SecretId=f"asharvi/backend/{environment}")["SecretString"]))


def _rules(simulator: Running) -> list[Any]:
    rules = simulator.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    members = ("GroupId", "IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "ReferencedGroupInfo")
    return sorted(repr({member: rule.get(member) for member in members}) for rule in rules)


def _world(simulator: Running) -> dict[str, Any]:
    """Everything that a fault could touch, part by part."""
    ecs = simulator.client("ecs")
    parts: dict[str, Any] = {"rules": _rules(simulator), "clusters": ecs.list_clusters()["clusterArns"]}
    for environment, group in (("staging", "asharvi-backend-tg-stg"), ("prod", "asharvi-backend-tg-prod")):
        name = f"asharvi-backend-{environment}"
        (service,) = ecs.describe_services(cluster=CLUSTER, services=[name])["services"]
        configuration = service.pop("deploymentConfiguration")
        parts[f"{environment} breaker"] = configuration.pop("deploymentCircuitBreaker")
        parts[f"{environment} deployment"] = configuration
        parts[f"{environment} events"] = [each["message"] for each in service.pop("events")]
        parts[f"{environment} service"] = service
        parts[f"{environment} tasks"] = ecs.list_tasks(cluster=CLUSTER, serviceName=name)["taskArns"]
        parts[f"{environment} health"] = _health(simulator, group)
        parts[f"{environment} secret"] = _keys(simulator, environment)
    return parts


_IN_TIME = ("events", "tasks", "service")  # what ECS changes by itself while it deals with a fault


def _changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {part for part in before if before[part] != after[part] and part.split()[-1] not in _IN_TIME}


def _unhealthy(health: list[dict[str, str]]) -> list[dict[str, str]]:
    """Without those that ECS takes out or brings in meanwhile."""
    return [each for each in health if each["State"] == "unhealthy"]


def test_targets_unhealthy(simulator: Running) -> None:
    """The targets of production fail with the 503 that they answer, and the service's events say so."""
    before = _world(simulator)
    with simulator.fault("targets-unhealthy"):
        during = _world(simulator)
    assert _changed(before, during) == {"prod health"}
    failed = {
        "State": "unhealthy",
        "Reason": "Target.ResponseCodeMismatch",
        "Description": "Health checks failed with these codes: [503]",
    }
    assert failed in during["prod health"]
    assert {"State": "healthy"} not in during["prod health"]
    told = [each for each in during["prod events"] if "is unhealthy in (target-group arn:aws:" in each]
    assert told[0].endswith("due to (reason Health checks failed with these codes: [503]).")
    after = _world(simulator)
    assert _changed(before, after) == set()
    assert after["prod events"][0] == "(service asharvi-backend-prod) has reached a steady state."


def test_circuit_breaker_off(simulator: Running) -> None:
    """Production's breaker alone; percentages and alarms stay."""
    before = _world(simulator)
    with simulator.fault("circuit-breaker-off"):
        during = _world(simulator)
    assert _changed(before, during) == {"prod breaker"}
    assert during["prod breaker"] == {"enable": False, "rollback": False}
    assert _changed(before, _world(simulator)) == set()


def test_secret_key_missing(simulator: Running) -> None:
    """One key of production's secret."""
    before = _world(simulator)
    with simulator.fault("secret-key-missing"):
        during = _world(simulator)
    assert _changed(before, during) == {"prod secret"}
    assert set(before["prod secret"]) - set(during["prod secret"]) == {"SMTP_PASS"}
    assert _changed(before, _world(simulator)) == set()


def test_sg_port_closed(simulator: Running) -> None:
    """One rule is gone; both environments share the group, so all targets time out."""
    before = _world(simulator)
    with simulator.fault("sg-port-closed"):
        during = _world(simulator)
    assert _changed(before, during) == {"rules", "prod health", "staging health"}
    (gone,) = set(before["rules"]) - set(during["rules"])
    assert "'IsEgress': False" in gone
    assert "'FromPort': 3000" in gone
    timeout = {"State": "unhealthy", "Reason": "Target.Timeout", "Description": "Request timed out"}
    assert _unhealthy(during["prod health"]) == _unhealthy(during["staging health"]) == [timeout] * 2
    assert _changed(before, _world(simulator)) == set()


def test_a_port_opened_again_by_hand_heals_the_targets(simulator: Running) -> None:
    """Health follows the rules themselves, not the fault: the operator's own remedy works."""
    ec2 = simulator.client("ec2")
    groups = {each["GroupName"]: each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]}
    pair = [{"GroupId": groups["alb-backend-sg"]}]
    rule = {
        "GroupId": groups["ecs-backend-sg"],
        "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 3000, "ToPort": 3000, "UserIdGroupPairs": pair}],
    }
    ec2.revoke_security_group_ingress(**rule)
    simulator.advance(31)
    closed = _health(simulator, "asharvi-backend-tg-prod")
    ec2.authorize_security_group_ingress(**rule)
    simulator.advance(600)
    assert closed[0]["Reason"] == "Target.Timeout"
    assert _health(simulator, "asharvi-backend-tg-prod") == [{"State": "healthy"}] * 2


def test_the_same_fault_twice_is_one_fault(simulator: Running) -> None:
    """Setting it again changes nothing, and clearing it once clears it."""
    before = _world(simulator)
    with simulator.fault("secret-key-missing"):
        simulator.control("POST", "fault", {"name": "secret-key-missing"})
        assert simulator.control("GET", "faults") == {"set": ["secret-key-missing"]}
    assert _changed(before, _world(simulator)) == set()
