"""Where the service's tasks run."""

from collections.abc import Iterator

import pytest

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged, with_service
from tests.support.backend_site import GROUP, SITE
from tests.support.facts import Answers, with_answer
from tests.support.raw_ecs import placement, task

PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP
ANOTHER = "sg-0dead000000000001"


def with_subnets(*subnets: tuple[str, str, str]) -> Answers:
    """Id, range and zone of each."""
    raw = [
        {"SubnetId": name, "VpcId": "vpc-1", "CidrBlock": cidr, "AvailabilityZoneId": zone}
        for name, cidr, zone in subnets
    ]
    return with_answer(healthy(), "ec2", "describe_subnets", {"Subnets": raw})


def with_tasks(*tasks: dict[str, object]) -> Answers:
    return with_answer(healthy(), "ecs", "describe_tasks", {"tasks": list(tasks), "failures": []})


def placed(**changes: object) -> Answers:
    return with_service(networkConfiguration={"awsvpcConfiguration": placement(**changes)})


def with_groups(given: Answers, **names: str) -> Answers:
    raw = [{"GroupId": group.replace("_", "-"), "GroupName": name} for group, name in names.items()]
    return with_answer(given, "ec2", "describe_security_groups", {"SecurityGroups": raw})


PRIVATE_A, PRIVATE_B = SITE.net.private_subnets
PUBLIC_A, _ = SITE.net.public_subnets


def subnet_cases() -> Iterator[Case]:
    check = "ecs.service.subnets"
    yield Case(check=check, status=PASS, given=healthy(), says=("2 private subnets in 2 zones",))
    public = with_subnets(("subnet-0a", PRIVATE_A, "az1"), ("subnet-0c", PUBLIC_A, "az3"))
    yield Case(check=check, status=FAIL, given=public, says=("public subnets: subnet-0c",))
    single = with_subnets(("subnet-0a", PRIVATE_A, "az1"))
    yield Case(check=check, status=FAIL, given=single, says=("1 subnet of 1 zone",))
    one_zone = with_subnets(("subnet-0a", PRIVATE_A, "az1"), ("subnet-0b", PRIVATE_B, "az1"))
    yield Case(check=check, status=FAIL, given=one_zone, says=("2 subnets of 1 zone",))
    strange = with_subnets(("subnet-0a", PRIVATE_A, "az1"), ("subnet-0d", "10.20.99.0/24", "az3"))
    yield Case(check=check, status=WARN, given=strange, says=("not among the site's private subnets: subnet-0d",))
    still = with_service(availabilityZoneRebalancing="DISABLED")
    yield Case(check=check, status=WARN, given=still, says=("AZ rebalancing is off",))
    yield Case(check=check, status=FAIL, given=with_service(networkConfiguration={}), says=("names no subnets",))
    lost = with_answer(healthy(), "ec2", "describe_subnets", Missing("ec2:subnet", "?"))
    yield Case(check=check, status=FAIL, given=lost, says=("subnet-0a, subnet-0b not found",))
    yield Case(check=check, status=SKIP, given=with_service(status="INACTIVE"), says=("blocked by ecs.service.active",))


def spread_cases() -> Iterator[Case]:
    check = "ecs.service.task-spread"
    yield Case(check=check, status=PASS, given=healthy(), says=("2 running tasks in 2 zones",))
    huddled = with_tasks(task(1), task(2))
    yield Case(check=check, status=WARN, given=huddled, says=("all 2 running tasks in ap-south-1a",))
    starting = with_tasks(task(1), task(2, "ap-south-1b", lastStatus="PENDING"))
    yield Case(check=check, status=WARN, given=starting, says=("all 1 running task in",))
    yield Case(check=check, status=WARN, given=with_tasks(), says=("no task is running",))
    yield Case(check=check, status=WARN, given=with_tasks(task(1, ""), task(2, "")), says=("does not name",))
    yield Case(check=check, status=SKIP, given=with_service(desiredCount=1), says=("nothing to spread",))


def private_cases() -> Iterator[Case]:
    check = "ecs.service.private"
    yield Case(check=check, status=PASS, given=healthy(), says=("no public address",))
    by_default = with_service(networkConfiguration={"awsvpcConfiguration": {"subnets": [], "securityGroups": [GROUP]}})
    yield Case(check=check, status=PASS, given=by_default)
    yield Case(check=check, status=FAIL, given=placed(securityGroups=[]), says=("no security group",))
    other = with_groups(healthy(), sg_other="default")
    yield Case(check=check, status=FAIL, given=other, says=("security groups default, expected ecs-backend-sg",))
    yield Case(check=check, status=WARN, given=placed(assignPublicIp="ENABLED"), says=("assignPublicIp is ENABLED",))
    both = with_groups(placed(securityGroups=[GROUP, ANOTHER]), sg_ours=SITE.net.sg_ecs, sg_other="default")
    yield Case(check=check, status=WARN, given=both, says=("more security groups than ecs-backend-sg: default",))
    lost = with_answer(healthy(), "ec2", "describe_security_groups", Missing("ec2:security-group", "?"))
    yield Case(check=check, status=FAIL, given=lost, says=(GROUP, "not found"))


CASES = [*subnet_cases(), *spread_cases(), *private_cases()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_a_placement(case: Case) -> None:
    """Each placement of the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_placement_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def test_group_of_another_vpc_with_our_name_does_not_count() -> None:
    """The groups are asked by the service's own ids, so one that merely shares our name elsewhere is never seen."""
    case = Case(check="ecs.service.private", status=PASS, given=healthy())
    _, reader = judged(case)
    assert ("ec2", "describe_security_groups", {"GroupIds": [GROUP]}) in reader.asked
