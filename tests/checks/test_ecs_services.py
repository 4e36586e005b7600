"""The cluster, and how the service is set up."""

from collections.abc import Iterator

import pytest

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged, with_container, with_service
from tests.support.backend_site import PROD, STAGING, group_arn, with_environment
from tests.support.facts import Answers, with_answer
from tests.support.raw_ecs import cluster, health, link, rollout_rules, service

PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP


def with_cluster(**changes: object) -> Answers:
    return with_answer(healthy(), "ecs", "describe_clusters", {"clusters": [cluster(**changes)]})


def gone(operation: str, member: str) -> Answers:
    answer = {member: [], "failures": [{"arn": "arn:aws:ecs:…", "reason": "MISSING"}]}
    return with_answer(healthy(), "ecs", operation, answer)


def rules(**changes: object) -> Answers:
    return with_service(deploymentConfiguration=rollout_rules(**changes))


def breaker(**changes: object) -> Answers:
    return rules(deploymentCircuitBreaker={"enable": True, "rollback": True, **changes})


def spot(name: str) -> list[dict[str, object]]:
    return [{"capacityProvider": name, "weight": 1, "base": 0}]


def cluster_cases() -> Iterator[Case]:
    check = "ecs.cluster.active"
    yield Case(check=check, status=PASS, given=healthy(), says=("ACTIVE with 2 services",))
    yield Case(check=check, status=FAIL, given=with_cluster(status="INACTIVE"), says=("INACTIVE", "expected ACTIVE"))
    yield Case(check=check, status=FAIL, given=gone("describe_clusters", "clusters"), says=("not found",))
    yield Case(check=check, status=WARN, given=with_cluster(capacityProviders=[]), says=("FARGATE is not among",))
    mixed = with_cluster(defaultCapacityProviderStrategy=spot("FARGATE_SPOT"))
    yield Case(check=check, status=WARN, given=mixed, says=("default strategy uses FARGATE_SPOT",))

    check = "ecs.cluster.insights"
    yield Case(check=check, status=PASS, given=healthy(), says=("enabled",))
    enhanced = with_cluster(settings=[{"name": "containerInsights", "value": "enhanced"}])
    yield Case(check=check, status=PASS, given=enhanced, says=("enhanced",))
    disabled = with_cluster(settings=[{"name": "containerInsights", "value": "disabled"}])
    yield Case(check=check, status=FAIL, given=disabled, says=("disabled",))
    yield Case(check=check, status=FAIL, given=with_cluster(settings=[]), says=("not set",))
    blocked = ("blocked by ecs.cluster.active",)
    yield Case(check=check, status=SKIP, given=gone("describe_clusters", "clusters"), says=blocked)
    yield Case(check=check, status=SKIP, given=with_cluster(status="INACTIVE"), says=blocked)


def active_cases() -> Iterator[Case]:
    check = "ecs.service.active"
    yield Case(check=check, status=PASS, given=healthy(), says=("ACTIVE on Fargate",))
    strategy = service(capacityProviderStrategy=spot("FARGATE"))
    del strategy["launchType"]
    by_strategy = with_answer(healthy(), "ecs", "describe_services", {"services": [strategy]})
    yield Case(check=check, status=PASS, given=by_strategy)
    bare = service()
    for optional in ("deploymentController", "platformVersion", "schedulingStrategy", "events", "tags"):
        del bare[optional]
    yield Case(check=check, status=PASS, given=with_answer(healthy(), "ecs", "describe_services", {"services": [bare]}))
    yield Case(check=check, status=FAIL, given=gone("describe_services", "services"), says=(PROD.service, "not found"))
    yield Case(check=check, status=FAIL, given=with_service(status="INACTIVE"), says=("INACTIVE",))
    yield Case(check=check, status=FAIL, given=with_service(status="DRAINING"), says=("DRAINING",))
    one_for_both = with_environment("prod", service=STAGING.service)
    yield Case(check=check, status=FAIL, given=healthy(), site=one_for_both, says=("prod and staging are the same",))
    yield Case(check=check, status=WARN, given=with_service(platformVersion="1.3.0"), says=("platform 1.3.0",))
    yield Case(check=check, status=PASS, given=with_service(platformVersion="1.4.0"))
    pipeline = with_service(deploymentController={"type": "CODE_DEPLOY"})
    yield Case(check=check, status=WARN, given=pipeline, says=("controller CODE_DEPLOY",))
    yield Case(check=check, status=WARN, given=with_service(launchType="EC2"), says=("not run on Fargate but EC2",))
    yield Case(check=check, status=WARN, given=with_service(schedulingStrategy="DAEMON"), says=("DAEMON",))


def count_cases() -> Iterator[Case]:
    check = "ecs.service.desired-min"
    yield Case(check=check, status=PASS, given=healthy())
    yield Case(check=check, status=FAIL, given=with_service(desiredCount=1), says=("count 1, expected at least 2",))
    low = with_answer(healthy(), "ecs", "describe_services", {"services": [service(STAGING, desiredCount=1)]})
    yield Case(check=check, status=WARN, given=low, environment="staging", says=("count 1",))
    yield Case(check=check, status=SKIP, given=with_service(status="INACTIVE"), says=("blocked by ecs.service.active",))
    check = "ecs.service.exec"
    yield Case(check=check, status=PASS, given=healthy())
    yield Case(check=check, status=WARN, given=with_service(enableExecuteCommand=True), says=("shell access",))


def rule_cases() -> Iterator[Case]:
    check = "ecs.service.circuit-breaker"
    yield Case(check=check, status=PASS, given=healthy())
    yield Case(check=check, status=FAIL, given=breaker(enable=False), says=("circuit breaker is off",))
    yield Case(check=check, status=FAIL, given=with_service(deploymentConfiguration={}), says=("is off",))
    yield Case(check=check, status=WARN, given=breaker(rollback=False), says=("does not roll it back",))
    no_alarm = rules(alarms={"alarmNames": [], "enable": False, "rollback": False})
    yield Case(check=check, status=WARN, given=no_alarm, says=("no alarm rolls",))
    silent = rules(alarms={"alarmNames": ["a"], "enable": True, "rollback": False})
    yield Case(check=check, status=WARN, given=silent, says=("no alarm rolls",))
    pipeline = with_service(deploymentController={"type": "EXTERNAL"})
    yield Case(check=check, status=WARN, given=pipeline, says=("controller ECS only, not EXTERNAL",))

    check = "ecs.service.deploy-percent"
    yield Case(check=check, status=PASS, given=healthy(), says=("100/200",))
    yield Case(check=check, status=PASS, given=with_service(deploymentConfiguration={}))
    stuck = rules(minimumHealthyPercent=100, maximumPercent=100)
    yield Case(check=check, status=FAIL, given=stuck, says=("no deployment can ever start",))
    yield Case(check=check, status=FAIL, given=rules(minimumHealthyPercent=49), says=("over half",))
    yield Case(check=check, status=WARN, given=rules(minimumHealthyPercent=50), says=("50/200, expected 100/200",))
    low = service(STAGING, deploymentConfiguration=rollout_rules(minimumHealthyPercent=0))
    given = with_answer(healthy(), "ecs", "describe_services", {"services": [low]})
    yield Case(check=check, status=WARN, given=given, environment="staging", says=("0/200",))


def target_group_cases() -> Iterator[Case]:
    check = "ecs.service.target-group"
    yield Case(check=check, status=PASS, given=healthy(), says=("app:3000",))
    yield Case(check=check, status=FAIL, given=with_service(loadBalancers=[]), says=("no target group",))
    wrong = with_service(loadBalancers=[link(STAGING)])
    yield Case(check=check, status=FAIL, given=wrong, says=("the target group of staging",))
    both = with_service(loadBalancers=[link(), link(STAGING)])
    yield Case(check=check, status=FAIL, given=both, says=("the target group of staging",))
    foreign = with_service(loadBalancers=[link(targetGroupArn=group_arn("another"))])
    yield Case(check=check, status=FAIL, given=foreign, says=("attached to another, expected",))
    more = with_service(loadBalancers=[link(), link(targetGroupArn=group_arn("another"))])
    yield Case(check=check, status=WARN, given=more, says=("2 target groups",))
    yield Case(check=check, status=WARN, given=with_service(loadBalancers=[link(containerPort=80)]), says=("app:80",))
    site = with_environment("prod", target_group="asharvi-backend-tg-new")
    yield Case(check=check, status=SKIP, given=healthy(), site=site, says=("blocked by tg.exists",))


def grace_cases() -> Iterator[Case]:
    check = "ecs.service.grace"
    yield Case(check=check, status=PASS, given=healthy(), says=("60 s grace, at least 30 s",))
    without = service()
    del without["healthCheckGracePeriodSeconds"]
    given = with_answer(healthy(), "ecs", "describe_services", {"services": [without]})
    yield Case(check=check, status=WARN, given=given, says=("no health-check grace period",))
    yield Case(check=check, status=WARN, given=with_service(healthCheckGracePeriodSeconds=0), says=("no health-check",))
    yield Case(check=check, status=WARN, given=with_service(healthCheckGracePeriodSeconds=29), says=("29 s",))
    slow = with_container(healthCheck=health(startPeriod=90))
    yield Case(check=check, status=WARN, given=slow, says=("60 s", "at least 90 s"))
    yield Case(check=check, status=WARN, given=with_service(healthCheckGracePeriodSeconds=601), says=("too late",))
    yield Case(check=check, status=PASS, given=with_service(taskDefinition=""))


CASES = [
    *cluster_cases(),
    *active_cases(),
    *count_cases(),
    *rule_cases(),
    *target_group_cases(),
    *grace_cases(),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_a_world(case: Case) -> None:
    """Each world of the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)
