"""The check of what a drill has left behind."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.verdict import Cause, Status, Verdict
from tests.support.backend_site import SITE, Raw
from tests.support.facts import NOON, Answers, FakeReader, action_of, with_answer, without
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated
from tests.support.past import Kept, Said, drill, run_of

PASS, WARN, FAIL, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN
LEFT = "maint.dr-leftovers"
ARN = "arn:aws:ec2:ap-south-1:123456789012:"
OPEN = run_of(drill(restored=None, status=None), days_ago=9)


def clean(**changed: Any) -> Answers:
    usual: dict[tuple[str, str], Any] = {
        ("ec2", "describe_network_acls"): {"NetworkAcls": []},
        ("ec2", "describe_security_groups"): {"SecurityGroups": []},
        ("ec2", "describe_security_group_rules"): {"SecurityGroupRules": []},
        ("ec2", "describe_route_tables"): {"RouteTables": []},
        ("resourcegroupstaggingapi", "get_resources"): {"ResourceTagMappingList": []},
        ("fis", "list_experiments"): {"experiments": [experiment("completed"), experiment("failed")]},
        ("iam", "list_role_policies"): {"PolicyNames": ["tasks"]},
        ("application-autoscaling", "describe_scalable_targets"): target(),
    }
    services = {operation: service for service, operation in usual}
    return {**usual, **{(services[name], name): answer for name, answer in changed.items()}}


def experiment(status: str) -> Raw:
    return {"id": f"EXP{status}", "state": {"status": status}}


def target(**suspended: bool) -> Raw:
    return {"ScalableTargets": [{"ResourceId": "service/c/s", "SuspendedState": suspended}]}


def tagged(*names: str) -> Raw:
    return {"ResourceTagMappingList": [{"ResourceARN": f"{ARN}{name}", "Tags": []} for name in names]}


def found(given: Answers, *, kept: Kept | None = None, said: Said | None = None) -> tuple[Verdict, FakeReader]:
    reader = FakeReader(given)
    aws = Aws(reader, None, lambda: NOON, said or Said(days_ago=None), records=kept or Kept())  # type: ignore[arg-type]
    return ask(all_checks()[LEFT], aws, SITE, ""), reader


CASES: list[tuple[Status, str, dict[str, Any]]] = [
    (PASS, "nothing carries the marker", {}),
    (FAIL, "network_acls acl-1", {"describe_network_acls": {"NetworkAcls": [{"NetworkAclId": "acl-1"}]}}),
    (FAIL, "security_groups sg-1", {"describe_security_groups": {"SecurityGroups": [{"GroupId": "sg-1"}]}}),
    (
        FAIL,
        "rules sgr-1",
        {"describe_security_group_rules": {"SecurityGroupRules": [{"SecurityGroupRuleId": "sgr-1"}]}},
    ),
    (FAIL, "route_tables rtb-1", {"describe_route_tables": {"RouteTables": [{"RouteTableId": "rtb-1"}]}}),
    (FAIL, f"marked {ARN}vpc-endpoint/vpce-1", {"get_resources": tagged("vpc-endpoint/vpce-1")}),
    (FAIL, "experiments EXPrunning", {"list_experiments": {"experiments": [experiment("running")]}}),
    (FAIL, "experiments EXPstopping", {"list_experiments": {"experiments": [experiment("stopping")]}}),
    (FAIL, "inline_policies runbook-tui-dr-cut of", {"list_role_policies": {"PolicyNames": ["runbook-tui-dr-cut"]}}),
    (PASS, "nothing", {"list_role_policies": Missing("iam:role", "x")}),
    (
        WARN,
        "suspended: scaling in of asharvi-backend-staging",
        {"describe_scalable_targets": target(DynamicScalingInSuspended=True)},
    ),
    (WARN, "scheduled scaling of", {"describe_scalable_targets": target(ScheduledScalingSuspended=True)}),
    (PASS, "nothing", {"describe_scalable_targets": {"ScalableTargets": []}}),
]


@pytest.mark.parametrize(("status", "says", "changed"), CASES, ids=lambda value: str(value)[:40])
def test_verdict_on_leftovers(status: Status, says: str, changed: dict[str, Any]) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = found(clean(**changed))
    assert verdict.status == status, verdict
    assert says in verdict.because
    assert bool(verdict.remedy) == (status is not PASS)


def test_what_ec2_tells_is_not_told_twice() -> None:
    """An object that the index of tags lists too is named once."""
    acls = {"NetworkAcls": [{"NetworkAclId": "acl-1"}]}
    verdict, _ = found(clean(describe_network_acls=acls, get_resources=tagged("network-acl/acl-1")))
    assert verdict.evidence == {"network_acls": ["acl-1"]}


def test_the_clones_of_experiments_are_looked_for_too() -> None:
    """A network ACL that FIS put in place of another one carries FIS's own tag."""
    _, reader = found(clean())
    asked = next(given for _, operation, given in reader.asked if operation == "describe_network_acls")
    assert asked["Filters"] == [{"Name": "tag-key", "Values": ["runbook-tui:dr-injection", "managedByFIS"]}]


def test_an_open_cut_in_a_journal_is_a_leftover() -> None:
    """Though nothing in AWS shows it; a later good drill, or a newer statement, closes it."""
    verdict, _ = found(clean(), kept=Kept(runs=(OPEN,)))
    assert (verdict.status, "never put back" in verdict.because) == (FAIL, True)
    good = run_of(drill(), days_ago=1, name="r-2")
    assert found(clean(), kept=Kept(runs=(OPEN, good)))[0].status is PASS
    assert found(clean(), kept=Kept(runs=(OPEN,)), said=Said(days_ago=1))[0].status is PASS
    assert found(clean(), kept=Kept(runs=(OPEN,)), said=Said(days_ago=20))[0].status is FAIL


def test_a_damaged_journal_may_hold_a_cut() -> None:
    """Nothing is said to be whole over a journal that cannot be believed."""
    verdict, _ = found(clean(), kept=Kept(damaged=("r.jsonl: line 2",)))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.UNDECIDED)


def test_without_a_state_folder_leftovers_in_aws_are_found() -> None:
    """What AWS shows is told; without a find nothing can be said."""
    acls = {"NetworkAcls": [{"NetworkAclId": "acl-1"}]}
    for given, status in ((clean(describe_network_acls=acls), FAIL), (clean(), UNKNOWN)):
        aws = Aws(FakeReader(given), None, lambda: NOON)  # type: ignore[arg-type]
        assert ask(all_checks()[LEFT], aws, SITE, "").status is status


@pytest.mark.parametrize("question", sorted(clean()))
def test_denied_leftovers(question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = found(without(clean(), *question))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


def test_leftovers_need_what_they_ask() -> None:
    """The declared IAM actions are exactly those that the check asks."""
    assert found(clean())[1].actions == set(all_checks()[LEFT].needs)


@drawn(st.data())
def test_no_shape_of_leftovers_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers, the check decides or says what it cannot read; it never breaks."""
    question = data.draw(st.sampled_from(sorted(clean())))
    usual: Any = {**clean(), ("resourcegroupstaggingapi", "get_resources"): tagged("a/b")}[question]

    def broken(**_: Any) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = data.draw(mutated(usual))
        return answer

    with in_turn():
        verdict, _ = found(with_answer(clean(), *question, broken))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
