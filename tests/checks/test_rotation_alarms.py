"""The check of who hears of rotations."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status, Verdict
from tests.support.backend_site import ACCOUNT, REGION, SITE, Raw
from tests.support.facts import NOON, Answers, FakeReader, action_of, with_answer, without
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated
from tests.support.past import Kept, Said

PASS, WARN, FAIL, UNKNOWN, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN, Status.SKIP
ALARMS = "review.rotation-alarms"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:{SITE.obs.topic}"
RULE_ARN = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/rotation"
ALL = {"source": ["aws.secretsmanager"], "detail": {"eventName": ["RotationFailed", "RotationSucceeded"]}}
OWNER = {
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": "SNS:Publish",
    "Resource": TOPIC,
    "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
}


def grant(**changes: Any) -> Raw:
    usual = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
    return {**usual, "Resource": TOPIC, **changes}


def topic(*statements: Raw) -> Raw:
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements or (OWNER, grant()))})
    return {"Attributes": {"TopicArn": TOPIC, "Policy": policy}}


def rule(pattern: Any = ALL, name: str = "rotation", **changes: Any) -> Raw:
    text = {"EventPattern": json.dumps(pattern)} if pattern is not None else {}
    return {"Name": name, "Arn": RULE_ARN, "State": "ENABLED", **text, **changes}


def rules(*given: Raw) -> Raw:
    return {"Rules": list(given)}


def targets(*arns: str) -> Raw:
    return {"Targets": [{"Id": str(number), "Arn": arn} for number, arn in enumerate(arns)]}


def secret(**asked: Any) -> Mapping[str, Any]:
    name = asked["SecretId"]
    return {"Name": name, "ARN": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf"}


def of(environment: str) -> Raw:
    """A pattern for one environment's secret alone."""
    name = SITE.environments[environment].secret_name
    start = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}"
    return {**ALL, "detail": {**ALL["detail"], "additionalEventData": {"SecretId": [{"prefix": start}]}}}  # type: ignore[dict-item]


def heard(**changed: Any) -> Answers:
    usual: dict[tuple[str, str], Any] = {
        ("events", "list_rules"): rules(rule(), rule({"source": ["aws.ec2"]}, "other")),
        ("events", "list_targets_by_rule"): targets(TOPIC),
        ("secretsmanager", "describe_secret"): secret,
        ("sns", "get_topic_attributes"): topic(),
    }
    services = {operation: service for service, operation in usual}
    return {**usual, **{(services[name], name): answer for name, answer in changed.items()}}


def said(given: Answers, *, site: Site = SITE, statement: Said | None = None) -> tuple[Verdict, FakeReader]:
    reader = FakeReader(given)
    aws = Aws(reader, None, lambda: NOON, statement or Said(), records=Kept())  # type: ignore[arg-type]
    return ask(all_checks()[ALARMS], aws, site, ""), reader


CHOSEN = replace(SITE, obs=replace(SITE.obs, rotation_rule="reminder"))
REMINDER = rule(None, "reminder", ScheduleExpression="rate(30 days)")
CASES: list[tuple[Status, str, dict[str, Any]]] = [
    (PASS, "rotation tells the topic; attested by asha", {}),
    (PASS, "tells the topic", {"list_rules": rules(rule(of("prod")), rule(of("staging"), "second"))}),
    (PASS, "tells the topic", {"list_rules": rules(rule(None, "secret-age", ScheduleExpression="rate(30 days)"))}),
    (FAIL, "no rule is about its secret", {"list_rules": rules()}),
    (FAIL, "no rule is about its secret", {"list_rules": rules(rule({"source": ["aws.ec2"]}))}),
    (FAIL, "no rule is about its secret", {"list_rules": rules(rule(of("staging")))}),
    (FAIL, "no rule", {"list_rules": rules(rule(None, "nightly", ScheduleExpression="rate(1 day)"))}),
    (FAIL, "rotation is disabled", {"list_rules": rules(rule(State="DISABLED"))}),
    (FAIL, "does not send to the topic", {"list_targets_by_rule": targets()}),
    (FAIL, "does not send to the topic", {"list_targets_by_rule": targets(f"{TOPIC}-other")}),
    (FAIL, "does not let events.amazonaws.com publish", {"get_topic_attributes": topic(OWNER)}),
    (FAIL, "does not let", {"get_topic_attributes": topic(grant(), grant(Effect="Deny"))}),
    (
        FAIL,
        "does not let",
        {"get_topic_attributes": topic(grant(Condition={"ArnEquals": {"aws:SourceArn": f"{RULE_ARN}-2"}}))},
    ),
    (PASS, "tells", {"get_topic_attributes": topic(grant(Condition={"ArnEquals": {"aws:SourceArn": RULE_ARN}}))}),
    (WARN, "nobody hears of staging's rotations", {"list_rules": rules(rule(of("prod")))}),
]


@pytest.mark.parametrize(("status", "says", "changed"), CASES, ids=lambda value: str(value)[:40])
def test_verdict_on_rotation_alarms(status: Status, says: str, changed: dict[str, Any]) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = said(heard(**changed))
    assert verdict.status == status, verdict
    assert says in verdict.because
    assert bool(verdict.remedy) == (status is not PASS)


def test_the_procedure_must_be_stated() -> None:
    """A rule without a procedure that anybody has attested is a warning."""
    verdict, _ = said(heard(), statement=Said(days_ago=None))
    assert (verdict.status, "nobody has attested" in verdict.because) == (WARN, True)
    assert said(heard(), statement=Said(days_ago=100, holds_days=30))[0].status is WARN


def test_a_rule_that_the_site_names_may_be_a_schedule() -> None:
    """Whatever it is called; and no other rule counts then."""
    assert said(heard(list_rules=rules(REMINDER)), site=CHOSEN)[0].status is PASS
    assert said(heard(list_rules=rules(rule(name="reminders"))), site=CHOSEN)[0].status is FAIL


def test_a_secret_that_is_not_there_blocks() -> None:
    """Another check says that it is missing."""
    verdict, _ = said(heard(describe_secret=Missing("secretsmanager:secret", "x")))
    assert (verdict.status, verdict.blocked_by) == (SKIP, "secret.exists")


@pytest.mark.parametrize("question", sorted(heard()))
def test_denied_rotation_alarms(question: tuple[str, str]) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = said(without(heard(), *question))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert action_of(*question) in verdict.because


def test_rotation_alarms_need_what_they_ask() -> None:
    """The declared IAM actions are exactly those that the check asks."""
    assert said(heard())[1].actions == set(all_checks()[ALARMS].needs)


@drawn(st.data())
def test_no_shape_of_a_rule_is_a_defect(data: st.DataObject) -> None:
    """Whatever AWS answers, the check decides or says what it cannot read; it never breaks."""
    question = data.draw(st.sampled_from(sorted(heard())))
    usual: Any = heard()[question]

    def broken(**parameters: Any) -> Any:
        return data.draw(mutated(usual(**parameters) if callable(usual) else usual))

    with in_turn():
        verdict, _ = said(with_answer(heard(), *question, broken))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
