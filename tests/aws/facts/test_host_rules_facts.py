"""Where a listener sends a host, against rules tried one after the other."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.facts.balancing import ListenerAction, ListenerRule
from runbook_tui.aws.facts.border import parse
from runbook_tui.aws.facts.host_rules import Match, matching, priority, route, shares
from tests.support.backend_site import Raw
from tests.support.ingress_ground import default_rule, forward, host_rule

HOST = "api.asharvi.dev"
PATTERNS = st.sampled_from(
    ["api.asharvi.dev", "*.asharvi.dev", "API.*", "?pi.asharvi.dev", "www.asharvi.dev", "*", "api.*.org"]
)
MORE: list[Raw] = [
    {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}},
    {"Field": "path-pattern", "Values": ["/*"]},
    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "x", "Values": ["y"]}},
]


def parsed(*raw: Raw) -> list[ListenerRule]:
    return [parse(one, ListenerRule) for one in raw]


@st.composite
def listeners(draw: st.DrawFn) -> list[Raw]:
    numbers = draw(st.lists(st.integers(1, 50_000), unique=True, max_size=6))
    rules = [
        host_rule(
            number,
            tuple(draw(st.lists(PATTERNS, max_size=2))),
            draw(st.sampled_from(["prod", "staging"])),
            more=tuple(draw(st.lists(st.sampled_from(MORE), max_size=1))),
        )
        for number in numbers
    ]
    return draw(st.permutations([*rules, default_rule()]))


def _takes_all(raw: Raw) -> bool:
    hosts = [one["HostHeaderConfig"]["Values"] for one in raw["Conditions"] if one["Field"] == "host-header"]
    named = all(any(fnmatchcase(HOST, pattern.lower()) for pattern in values) for values in hosts)
    others = [one for one in raw["Conditions"] if one["Field"] != "host-header"]
    return named and all(one.get("Values") == ["/*"] for one in others)


@given(listeners())
def test_first_rule_by_number_decides(raw: list[Raw]) -> None:
    """In whatever order AWS lists them, the lowest number that takes all requests for the host decides."""
    fitting = [one for one in raw if not one["IsDefault"] and _takes_all(one)]
    wanted = min(fitting, key=lambda one: int(one["Priority"]), default=default_rule())
    found = route(parsed(*raw), HOST)
    assert found.deciding is not None
    assert found.deciding.priority == wanted["Priority"]
    assert all(priority(one) < priority(found.deciding) for one in found.shadows)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 999)), min_size=1, max_size=5))
def test_shares_make_up_the_whole(groups: list[tuple[str, int]]) -> None:
    """The parts of all target groups are 1 together, or there are none; a weight of 0 gets nothing."""
    action = parse(forward(*(f"{name}:{weight}" for name, weight in groups)), ListenerAction)
    found = shares([action])
    weights = {name: sum(weight for one, weight in groups if one == name) for name, _ in groups}
    assert set(found) == {name for name, weight in weights.items() if weight}
    assert not found or sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ([], Match.ALL),
        ([{"Field": "host-header", "Values": ["*.dev"]}], Match.ALL),
        ([{"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^api"]}}], Match.OPAQUE),
        ([{"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^api"]}}, MORE[0]], Match.OPAQUE),
        ([{"Field": "host-header", "Values": ["www.asharvi.dev"]}, MORE[0]], Match.NONE),
        ([MORE[1]], Match.ALL),
        ([MORE[0]], Match.SOME),
        ([{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["^/"]}}], Match.SOME),
        ([{"Field": "something-new"}], Match.SOME),
    ],
)
def test_conditions(conditions: list[Raw], wanted: Match) -> None:
    """Every condition must hold; what is no condition on the host takes some requests only."""
    (rule,) = parsed({**default_rule(), "Conditions": conditions})
    assert matching(rule, HOST) is wanted


def test_a_redirect_has_no_shares() -> None:
    """Only what is forwarded reaches a target group."""
    assert shares([ListenerAction(type="redirect", target_group_arn="arn:aws:x:targetgroup/a/1")]) == {}
