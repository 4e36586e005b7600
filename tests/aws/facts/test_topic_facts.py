"""Facts of topics, subscriptions, traces and log events."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.logs import LogsFacts
from runbook_tui.aws.facts.sns import SnsFacts, masked
from runbook_tui.aws.facts.xray import XrayFacts
from tests.support import raw_cloudwatch as raw
from tests.support.backend_site import ago
from tests.support.facts import NOON, answers
from tests.support.mutation import mutated
from tests.support.watched import streams

NAME = st.text(st.characters(whitelist_categories=("Ll", "Nd")), min_size=2, max_size=20)


@given(NAME, NAME)
def test_no_mail_address_is_told(name: str, domain: str) -> None:
    """Of an address only its first sign and its domain are left."""
    assert masked(f"{name}@{domain}.dev") == f"{name[0]}…@{domain}.dev"


@given(NAME, NAME, NAME)
def test_of_a_url_the_host_is_told(host: str, user: str, token: str) -> None:
    """Neither who signs in nor what the path or the query hold."""
    assert masked(f"https://{user}:{token}@{host}.example.org/{token}?key={token}") == f"{host}.example.org"


def test_other_endpoints() -> None:
    """An ARN is no secret, of a telephone number two digits are enough."""
    function = "arn:aws:lambda:ap-south-1:123456789012:function:page"
    assert (masked(function), masked("+911234567890"), masked("")) == (function, "…90", "…")


def test_an_absent_topic() -> None:
    """Whatever SNS calls it, it is the topic that is missing, by its ARN."""
    facts = SnsFacts(answers({("sns", "get_topic_attributes"): Missing("sns:not-found", "x")}))
    with pytest.raises(Missing) as missing:
        facts.topic(raw.TOPIC)
    assert (missing.value.kind, missing.value.name) == ("sns:topic", raw.TOPIC)


def test_a_long_policy_is_read_whole() -> None:
    """SNS takes policies of 30 kB: none of it is cut."""
    many = [{**raw.by_owner(), "Sid": f"statement{number}"} for number in range(60)]
    reader = answers({("sns", "get_topic_attributes"): raw.topic(Policy=raw.policy(*many))})
    assert len(SnsFacts(reader).topic(raw.TOPIC).policy.statements) == 60


def test_the_newest_event_of_a_group() -> None:
    """By the streams' own word; None when no stream has one, and a time that is none is not read."""

    def last(answer: Any) -> Any:
        return LogsFacts(answers({("logs", "describe_log_streams"): answer})).last_event("x")

    assert last(streams(3)) == ago(minutes=3)
    assert last(streams()) is None
    assert last({"logStreams": []}) is None
    with pytest.raises(Malformed):
        last({"logStreams": [{"logStreamName": "a", "lastEventTimestamp": 10**18}]})


def test_events_are_asked_from_a_moment_on() -> None:
    """In milliseconds, and no more of them than one."""
    reader = answers({("logs", "filter_log_events"): {"events": [{"timestamp": 1_795_435_200_000}]}})
    assert LogsFacts(reader).event_since("x", NOON) == NOON
    assert reader.asked[0][2]["startTime"] == 1_795_435_200_000
    assert reader.asked[0][2]["PaginationConfig"] == {"MaxItems": 1}


def test_traces_of_one_service() -> None:
    """Asked by the service's name, for the span that ends now."""
    reader = answers({("xray", "get_trace_summaries"): {"TraceSummaries": [raw.trace(HasFault=True)]}})
    (found,) = XrayFacts(reader).traces("backend", NOON, timedelta(hours=1))
    asked = reader.asked[0][2]
    assert found.has_fault
    assert (asked["FilterExpression"], asked["EndTime"] - asked["StartTime"]) == (
        'service("backend")',
        timedelta(hours=1),
    )


WHOLE: dict[tuple[str, str], Any] = {
    ("sns", "get_topic_attributes"): raw.topic(),
    ("sns", "list_subscriptions_by_topic"): {"Subscriptions": [raw.subscription()]},
    ("logs", "describe_log_streams"): streams(3),
    ("xray", "get_trace_summaries"): {"TraceSummaries": [raw.trace()]},
}


@given(st.data())
def test_no_shape_breaks_a_reading(data: st.DataObject) -> None:
    """An answer that was cut, emptied or changed in any place is read or refused, never a crash."""
    (service, operation), whole = data.draw(st.sampled_from(list(WHOLE.items())))
    reader = answers({(service, operation): data.draw(mutated(whole))})
    with suppress(Malformed, Missing):
        match operation:
            case "get_topic_attributes":
                assert SnsFacts(reader).topic(raw.TOPIC).policy.statements is not None
            case "list_subscriptions_by_topic":
                assert all(one.masked for one in SnsFacts(reader).subscriptions(raw.TOPIC))
            case "describe_log_streams":
                LogsFacts(reader).last_event("x")
            case _:
                XrayFacts(reader).traces("x", NOON, timedelta(hours=1))
