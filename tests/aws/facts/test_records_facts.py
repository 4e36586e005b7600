"""Records of Route 53: names, aliases, and who gets how much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.facts.border import parse
from runbook_tui.aws.facts.records import Alias, RecordSet, in_zone, leads_to, parts, plain_name, receives
from runbook_tui.aws.facts.route53 import Route53Facts
from tests.support.backend_site import PROD, SITE
from tests.support.facts import answers
from tests.support.ingress_ground import ALB_NAME, ALB_ZONE, alias, records, zones

WEIGHTS = st.lists(st.integers(0, 255), min_size=1, max_size=6)


def sets(weights: list[int]) -> list[RecordSet]:
    return [
        parse(alias(PROD.host, SetIdentifier=f"s{n}", Weight=weight), RecordSet) for n, weight in enumerate(weights)
    ]


@given(WEIGHTS)
def test_parts_make_up_the_whole(weights: list[int]) -> None:
    """Together the sets get everything; all zeros mean equal parts."""
    found = parts(sets(weights))
    assert sum(found.values()) == pytest.approx(1)
    if not any(weights):
        assert set(found.values()) == {1 / len(weights)}


@given(WEIGHTS)
def test_a_set_receives_what_it_has_a_part_of(weights: list[int]) -> None:
    """Whoever has a part gets requests, and nobody else."""
    given_sets = sets(weights)
    found = parts(given_sets)
    assert [receives(one, given_sets) for one in given_sets] == [found[one.set_identifier] > 0 for one in given_sets]


@pytest.mark.parametrize(
    ("raw", "plain"),
    [("API.asharvi.dev.", "api.asharvi.dev"), (r"\052.asharvi.dev.", "*.asharvi.dev"), ("a", "a")],
)
def test_names_as_a_person_writes_them(raw: str, plain: str) -> None:
    """Without the dot at the end, in lower case, with a star."""
    assert plain_name(raw) == plain


@pytest.mark.parametrize(
    ("name", "inside"),
    [("asharvi.dev", True), ("api.asharvi.dev.", True), ("notasharvi.dev", False), ("asharvi.dev.evil.net", False)],
)
def test_names_of_a_zone(name: str, inside: bool) -> None:
    """A zone holds itself and what is below it, label by label."""
    assert in_zone(name, "asharvi.dev.") is inside


@pytest.mark.parametrize(
    ("name", "zone", "leads"),
    [
        (f"{ALB_NAME}.", ALB_ZONE, True),
        (f"dualstack.{ALB_NAME.upper()}.", ALB_ZONE, True),
        (ALB_NAME, "ZOTHER", False),
        (f"x{ALB_NAME}", ALB_ZONE, False),
    ],
)
def test_aliases_of_a_load_balancer(name: str, zone: str, leads: bool) -> None:
    """Name and zone must both be the load balancer's; case, dot and dualstack do not matter."""
    assert leads_to(Alias(dns_name=name, hosted_zone_id=zone), ALB_NAME, ALB_ZONE) is leads


@pytest.mark.parametrize(
    ("members", "policy"),
    [
        ({}, "simple"),
        ({"Weight": 0}, "weighted"),
        ({"Region": "ap-south-1"}, "latency"),
        ({"Failover": "PRIMARY"}, "failover"),
        ({"MultiValueAnswer": True}, "multivalue"),
        ({"GeoLocation": {"CountryCode": "*"}}, "geolocation"),
        ({"GeoProximityLocation": {"AWSRegion": "ap-south-1"}}, "geoproximity"),
        ({"CidrRoutingConfig": {"CollectionId": "1", "LocationName": "*"}}, "cidr"),
    ],
)
def test_policy_of_a_set(members: dict[str, object], policy: str) -> None:
    """A weight of 0 is a weight."""
    assert parse(alias(PROD.host, **members), RecordSet).policy == policy


def test_records_are_asked_from_the_name_on() -> None:
    """The page is AWS's largest, one is read, and what has another name is left out."""
    reader = answers(
        {("route53", "list_hosted_zones_by_name"): zones(), ("route53", "list_resource_record_sets"): records()}
    )
    facts = Route53Facts(reader)
    found = facts.records(facts.zone(SITE), "API.asharvi.dev.")
    assert [one.type for one in found] == ["A"]
    assert reader.asked[-1][2] == {
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "StartRecordName": "api.asharvi.dev",
        "PaginationConfig": {"MaxItems": 300, "PageSize": 300},
    }
