"""The guide's backend as a whole: a healthy world of answers, and what a check says in it."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from runbook_tui.aws.errors import Missing
from runbook_tui.aws.probe import Answer, Failure
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Status, Verdict
from tests.support.backend_site import CIDRS, GROUP, PROD, SITE, STAGING, VPC, ZONES
from tests.support.facts import NOON, Answers, FakeReader, aws_of, with_answer
from tests.support.raw_ecs import cluster, container, former_release, release, service, task, task_definition
from tests.support.raw_elb import balancer, listener, log_group, redirect, rule, target, target_group
from tests.support.raw_release import config_page, release_answers


def healthy() -> Answers:
    """Everything that the checks of the backend ask, for both environments."""
    groups = {env.target_group: target_group(env) for env in (PROD, STAGING)}

    def describe_target_groups(**asked: Any) -> Mapping[str, Any]:
        (name,) = asked["Names"]
        if name not in groups:
            raise Missing("elbv2:target-group", name)
        return {"TargetGroups": [groups[name]]}

    def list_tasks(**asked: Any) -> Mapping[str, Any]:
        return {"taskArns": ["task/1", "task/2"] if asked["desiredStatus"] == "RUNNING" else []}

    def describe_services(**asked: Any) -> Mapping[str, Any]:
        return {"services": [service(env) for env in (PROD, STAGING) if env.service in asked["services"]]}

    def describe_task_definition(**asked: Any) -> Mapping[str, Any]:
        return {"taskDefinition": task_definition(STAGING if "staging" in asked["taskDefinition"] else PROD)}

    groups_in_use = [{"GroupId": GROUP, "GroupName": SITE.net.sg_ecs, "VpcId": VPC}]
    subnets = [
        {"SubnetId": name, "VpcId": VPC, "CidrBlock": CIDRS[name], "AvailabilityZoneId": zone}
        for name, zone in ZONES.items()
    ]
    certificates = [{**one, "IsDefault": True} for one in listener(443)["Certificates"]]
    policy = {"Name": SITE.alb.ssl_policy, "SslProtocols": ["TLSv1.2", "TLSv1.3"]}
    delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
    targets = [target(), target(zone="ap-south-1b")]
    return {
        ("ecs", "describe_clusters"): {"clusters": [cluster()], "failures": []},
        ("ecs", "describe_services"): describe_services,
        ("ecs", "list_service_deployments"): {"serviceDeployments": [release(), former_release()]},
        ("ecs", "describe_service_deployments"): {"serviceDeployments": [release()]},
        ("ecs", "describe_task_definition"): describe_task_definition,
        ("ecs", "list_tasks"): list_tasks,
        ("ecs", "describe_tasks"): {"tasks": [task(1), task(2, "ap-south-1b")], "failures": []},
        ("ec2", "describe_subnets"): {"Subnets": subnets},
        ("ec2", "describe_security_groups"): {"SecurityGroups": groups_in_use},
        ("elbv2", "describe_load_balancers"): {"LoadBalancers": [balancer()]},
        ("elbv2", "describe_listeners"): {"Listeners": [listener(80), listener(443)]},
        ("elbv2", "describe_rules"): {"Rules": [rule(redirect(), default=True)]},
        ("elbv2", "describe_listener_certificates"): {"Certificates": certificates},
        ("elbv2", "describe_ssl_policies"): {"SslPolicies": [policy]},
        ("elbv2", "describe_target_groups"): describe_target_groups,
        ("elbv2", "describe_target_health"): {"TargetHealthDescriptions": targets},
        ("elbv2", "describe_target_group_attributes"): {"Attributes": delay},
        ("logs", "describe_log_groups"): {"logGroups": [log_group(PROD), log_group(STAGING)]},
        **release_answers(),
    }


def with_service(**changes: Any) -> Answers:
    """Production's service, changed."""
    return with_answer(healthy(), "ecs", "describe_services", {"services": [service(**changes)]})


def with_container(**changes: Any) -> Answers:
    """The container of production's newest task definition, changed."""
    raw = task_definition(containerDefinitions=[container(**changes)])
    return with_answer(healthy(), "ecs", "describe_task_definition", {"taskDefinition": raw})


class FakeProbe:
    """Answers in order; the last one again and again."""

    def __init__(self, *found: Answer | Failure) -> None:
        self._found = list(found)
        self.asked: list[str] = []

    def get(self, url: str, *, timeout: float = 5.0, follow: bool = False) -> Answer | Failure:
        return self._answer(url)

    def preflight(self, url: str, *, origin: str, method: str = "GET", timeout: float = 5.0) -> Answer | Failure:
        return self._answer(f"{method} {url} from {origin}")

    def _answer(self, asked: str) -> Answer | Failure:
        self.asked.append(asked)
        return self._found.pop(0) if len(self._found) > 1 else self._found[0]


class Case(Struct, frozen=True, kw_only=True):
    """A world, and what a check must say in it. ``says`` are parts of its because; ``page`` is what a probe finds."""

    check: str
    status: Status
    given: Answers
    says: tuple[str, ...] = ()
    environment: str = "prod"
    site: Site = SITE
    page: Answer | Failure | None = None

    def __str__(self) -> str:
        return f"{self.check}-{self.status}-{' '.join(self.says)}"


def judged(case: Case) -> tuple[Verdict, FakeReader]:
    reader = FakeReader(case.given)
    return ask(
        all_checks()[case.check],
        aws_of(reader, NOON, FakeProbe(case.page or config_page())),
        case.site,
        case.environment,
    ), reader


def asked_by(check: str, cases: Iterable[Case]) -> set[str]:
    """IAM actions that the check needed, all its worlds taken together."""
    found: set[str] = set()
    for case in cases:
        if case.check == check:
            found |= judged(case)[1].actions
    return found
