"""A batch of changes to a zone's records: what Route 53 takes, and what it refuses as a whole."""

from typing import Any

import pytest

from runbook_tui.simulator.record_batch import changed
from runbook_tui.simulator.refusal import Refused

Set = dict[str, Any]
ZONE, HOST = "asharvi.test.", "api.asharvi.test."


def plain(name: str = HOST, kind: str = "A", value: str = "192.0.2.1", **more: Any) -> Set:
    return {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}], **more}


def alias(**more: Any) -> Set:
    target = {"HostedZoneId": "Z1", "DNSName": "ALB.example.com", "EvaluateTargetHealth": True}
    return {"Name": "API.asharvi.test", "Type": "A", "AliasTarget": target, **more}


def weighted(name: str, weight: int) -> Set:
    return alias(SetIdentifier=name, Weight=weight)


def batch(*changes: tuple[str, Set]) -> list[Any]:
    return [{"Action": action, "ResourceRecordSet": one} for action, one in changes]


def told(before: list[Set], *changes: tuple[str, Set]) -> list[Set]:
    return changed(ZONE, before, batch(*changes))


def refusal(before: list[Set], *changes: tuple[str, Set]) -> tuple[str, str]:
    with pytest.raises(Refused) as raised:
        told(before, *changes)
    return raised.value.code, raised.value.message


def test_names_are_kept_as_route_53_tells_them() -> None:
    """In lower case, with a dot at the end; a star is written as its number."""
    (found,) = told([], ("CREATE", alias()))
    assert (found["Name"], found["AliasTarget"]["DNSName"]) == (HOST, "alb.example.com.")
    assert told([], ("CREATE", plain("*.asharvi.test")))[0]["Name"] == r"\052.asharvi.test."


def test_a_name_changes_its_kind_in_one_batch() -> None:
    """What goes makes room for what comes: a CNAME for an alias, a simple set for weighted ones."""
    cname = plain(kind="CNAME", value="elsewhere.test")
    assert [one["Type"] for one in told([cname], ("DELETE", cname), ("CREATE", alias()))] == ["A"]
    (simple,) = told([], ("CREATE", alias()))
    both = told([simple], ("DELETE", alias()), ("CREATE", weighted("old", 90)), ("CREATE", weighted("new", 10)))
    assert [one["Weight"] for one in both] == [90, 10]
    shifted = told(both, ("UPSERT", weighted("old", 0)), ("UPSERT", weighted("new", 100)))
    assert [one["Weight"] for one in shifted] == [0, 100]
    assert told(shifted, ("DELETE", weighted("old", 0))) == [shifted[1]]


@pytest.mark.parametrize(
    ("before", "change", "says"),
    [
        ([plain()], ("CREATE", plain()), "but it already exists"),
        ([], ("DELETE", plain()), "but it was not found"),
        ([plain()], ("DELETE", plain(value="192.0.2.2")), "do not match the current values"),
        ([plain()], ("DELETE", plain(TTL=61)), "do not match the current values"),
        ([plain()], ("CREATE", plain(kind="CNAME", value="x.test")), "conflicts with other records"),
        ([plain(kind="CNAME", value="x.test")], ("UPSERT", plain()), "conflicting RRSet of type CNAME"),
        ([plain()], ("UPSERT", weighted("new", 10)), "cannot be created as other RRSets exist"),
        ([plain(SetIdentifier="new", Weight=1)], ("CREATE", plain()), "cannot be created as other RRSets exist"),
        ([], ("CREATE", plain("api.another.test.")), "is not permitted in zone asharvi.test."),
        ([], ("CREATE", plain(ZONE, "CNAME", "x.test")), "is not permitted at apex"),
        ([plain(ZONE, "NS", "ns1.test.")], ("DELETE", plain(ZONE, "NS", "ns1.test.")), "must contain at least one NS"),
    ],
)
def test_what_cannot_be_is_refused(before: list[Set], change: tuple[str, Set], says: str) -> None:
    """As an invalid batch, with the reason in Route 53's words."""
    code, message = refusal(before, change)
    assert code == "InvalidChangeBatch"
    assert says in message


@pytest.mark.parametrize(
    "wrong",
    [
        {"Name": HOST, "Type": "A"},
        {**plain(), **alias()},
        plain(Weight=1),
        plain(SetIdentifier="new"),
        plain(SetIdentifier="new", Weight=1, Region="ap-south-1"),
    ],
    ids=["no value", "two values", "weight without a name", "name without a weight", "two ways of routing"],
)
def test_a_set_has_one_value_and_one_way(wrong: Set) -> None:
    """Anything else is no valid input."""
    assert refusal([], ("CREATE", wrong))[0] == "InvalidInput"


def test_all_or_nothing() -> None:
    """One bad change refuses the good one with it."""
    before = [plain()]
    refusal(before, ("DELETE", plain()), ("DELETE", plain("b.asharvi.test.")))
    assert before == [plain()]
