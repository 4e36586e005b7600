"""Facts of load balancing: parsed once, absent things named, odd shapes refused."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.balancing import Listener, LoadBalancer, TargetGroup
from runbook_tui.aws.facts.elb import ElbFacts
from tests.support.backend_site import BALANCER_ARN, PROD, SITE
from tests.support.facts import answers
from tests.support.mutation import mutated
from tests.support.raw_elb import balancer, listener, redirect, rule, target, target_group

BALANCER = LoadBalancer.from_api(balancer())
LISTENER = Listener.from_api(listener(80))


def elb(operation: str, answer: Mapping[str, Any] | Exception) -> ElbFacts:
    return ElbFacts(answers({("elbv2", operation): answer}))


def test_load_balancer_is_parsed() -> None:
    """DNSName is spelled in capitals, State is nested."""
    found = elb("describe_load_balancers", {"LoadBalancers": [balancer()]}).load_balancer(SITE.alb.name)
    assert (found.dns_name[:19], found.state.code, found.type) == ("asharvi-backend-alb", "active", "application")


@pytest.mark.parametrize("answer", [Missing("elbv2:thing", "?"), {"LoadBalancers": []}])
def test_missing_load_balancer(answer: Mapping[str, Any] | Exception) -> None:
    """An error or an empty list: both say that it is not there."""
    with pytest.raises(Missing) as missing:
        elb("describe_load_balancers", answer).load_balancer(SITE.alb.name)
    assert (missing.value.kind, missing.value.name) == ("elbv2:load-balancer", SITE.alb.name)


def test_a_neighbour_is_not_the_target_group() -> None:
    """Only the exact name is found."""
    facts = elb("describe_target_groups", {"TargetGroups": [target_group(TargetGroupName="another")]})
    with pytest.raises(Missing) as missing:
        facts.target_group(PROD.target_group)
    assert missing.value.kind == "elbv2:target-group"


def test_redirect_parts_left_out_are_what_elb_fills_in() -> None:
    """Without a port the redirect keeps the port: 80."""
    action = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}
    (found,) = elb("describe_listeners", {"Listeners": [listener(80, DefaultActions=[action])]}).listeners(BALANCER)
    config = found.default_actions[0].redirect_config
    assert config is not None
    assert (config.protocol, config.port, config.host, config.path) == (
        "#{protocol}",
        "#{port}",
        "#{host}",
        "/#{path}",
    )


def test_attributes_by_key() -> None:
    """Attributes become a mapping of texts."""
    answer = {"Attributes": [{"Key": "stickiness.enabled", "Value": "false"}]}
    assert elb("describe_target_group_attributes", answer).target_group_attributes("arn") == {
        "stickiness.enabled": "false"
    }


def test_healthy_target_has_no_reason() -> None:
    """ELB gives State alone for a healthy target."""
    (found,) = elb("describe_target_health", {"TargetHealthDescriptions": [target()]}).target_health("arn")
    assert (found.state, found.reason) == ("healthy", "")


@pytest.mark.parametrize(
    ("name", "serves"),
    [(SITE.alb.name, True), ("asharvi-backend", False), ("backend-alb", False), ("asharvi-backend-alb-2", False)],
)
def test_serves_by_the_exact_name(name: str, serves: bool) -> None:
    """A load balancer whose name is part of another's is not that one."""
    group = TargetGroup.from_api(target_group(LoadBalancerArns=[BALANCER_ARN]))
    assert group.serves(name) is serves


def test_an_answer_without_its_list_is_malformed() -> None:
    """No listeners and no answer about listeners are two things: one of them must not read as a closed port."""
    with pytest.raises(Malformed, match="without Listeners"):
        elb("describe_listeners", {}).listeners(BALANCER)


READINGS = [
    ("describe_load_balancers", {"LoadBalancers": [balancer()]}, lambda facts: facts.load_balancer(SITE.alb.name)),
    ("describe_listeners", {"Listeners": [listener(80), listener(443)]}, lambda facts: facts.listeners(BALANCER)),
    ("describe_target_groups", {"TargetGroups": [target_group()]}, lambda facts: facts.target_group(PROD.target_group)),
    (
        "describe_target_health",
        {"TargetHealthDescriptions": [target(), target("unhealthy", reason="Target.Timeout")]},
        lambda facts: facts.target_health("arn"),
    ),
    (
        "describe_target_group_attributes",
        {"Attributes": [{"Key": "a", "Value": "b"}]},
        lambda facts: facts.target_group_attributes("arn"),
    ),
    (
        "describe_ssl_policies",
        {"SslPolicies": [{"Name": "p", "SslProtocols": ["TLSv1.2"]}]},
        lambda facts: facts.ssl_policy("p").outdated,
    ),
    (
        "describe_rules",
        {"Rules": [rule(redirect(), default=True)]},
        lambda facts: facts.rules(LISTENER),
    ),
]


@given(st.data())
def test_no_shape_breaks_a_reading(data: st.DataObject) -> None:
    """An answer that was cut, emptied or changed in any place is read or refused, never a crash."""
    operation, answer, read = data.draw(st.sampled_from(READINGS))
    with suppress(Malformed, Missing):
        read(elb(operation, data.draw(mutated(answer))))
