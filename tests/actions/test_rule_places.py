"""Where the rule of a host belongs among others, by their numbers alone."""

import pytest

from runbook_tui.actions.ingress.rule_places import leads_well, place
from runbook_tui.aws.facts.balancing import HostHeader, ListenerAction, ListenerRule, RuleCondition
from runbook_tui.aws.facts.host_rules import priority, route
from runbook_tui.catalogue.actions import CannotPlan
from tests.support.backend_site import PROD, STAGING, group_arn

Rules = tuple[ListenerRule, ...]
NOT_FOUND = ListenerAction(type="fixed-response")
DEFAULT = ListenerRule(rule_arn="default", priority="default", is_default=True, actions=(NOT_FOUND,))
OWN, OTHER = PROD.target_group, STAGING.target_group


def rule(number: int, group: str, *hosts: str, path: str = "", regex: tuple[str, ...] = ()) -> ListenerRule:
    header = HostHeader(values=hosts, regex_values=regex)
    conditions = [RuleCondition(field="host-header", host_header_config=header)] if hosts or regex else []
    if path:
        conditions.append(RuleCondition(field="path-pattern", values=(path,)))
    action = ListenerAction(type="forward", target_group_arn=group_arn(group))
    return ListenerRule(rule_arn=str(number), priority=str(number), conditions=tuple(conditions), actions=(action,))


def wanted(*rules: ListenerRule) -> tuple[int, str, bool]:
    """Its number, the rule that is there for it, and whether that one leads to the right group."""
    given: Rules = (*rules, DEFAULT)
    found = place(given, route(given, PROD.host), PROD, {priority(one) for one in given})
    return found.number, found.own.rule_arn if found.own else "", found.actions_right


def well(*rules: ListenerRule, by_default: bool = False) -> bool:
    return leads_well(route((*rules, DEFAULT), PROD.host), PROD, by_default=by_default)


def test_a_new_rule_takes_a_round_number() -> None:
    """The first that is free."""
    assert wanted() == (10, "", False)
    assert wanted(rule(10, OTHER, STAGING.host), rule(20, OTHER, "x.dev")) == (30, "", False)


def test_it_comes_before_those_that_lead_elsewhere() -> None:
    """Whether they match all of the host's requests or some; not before those that lead to its own group."""
    assert wanted(rule(5, OTHER, "*.asharvi.dev")) == (4, "", False)
    assert wanted(rule(5, OTHER, PROD.host, path="/beta/*")) == (4, "", False)
    assert wanted(rule(25, OTHER, "*.asharvi.dev"), rule(10, OTHER, STAGING.host)) == (20, "", False)
    assert wanted(rule(5, OWN, PROD.host, path="/v2/*")) == (10, "", False)


def test_a_rule_that_is_there_is_used() -> None:
    """It is moved where it comes too late, led elsewhere where its group is wrong, or both."""
    assert wanted(rule(20, OTHER, PROD.host)) == (20, "20", False)
    assert wanted(rule(5, OTHER, PROD.host, path="/beta/*"), rule(20, OWN, PROD.host)) == (4, "20", True)
    assert wanted(rule(5, OTHER, "*.asharvi.dev"), rule(20, OTHER, PROD.host.upper())) == (4, "20", False)


def test_no_room_and_no_certainty() -> None:
    """Both are the operator's to settle."""
    with pytest.raises(CannotPlan, match="no room"):
        wanted(rule(1, OTHER, "*.asharvi.dev"))
    with pytest.raises(CannotPlan, match="regular expression"):
        wanted(rule(5, OTHER, regex=("^api",)))


def test_what_leads_well() -> None:
    """Every request reaches the own group, by a rule of its own unless the site leaves it to the default."""
    assert well(rule(20, OWN, PROD.host))
    assert well(rule(5, OWN, PROD.host, path="/v2/*"), rule(20, OWN, PROD.host))
    assert not well(rule(5, OTHER, PROD.host, path="/v2/*"), rule(20, OWN, PROD.host))
    assert not well(rule(20, OTHER, PROD.host))
    assert not well()
    open_to_all = ListenerRule(rule_arn="d", priority="default", is_default=True, actions=rule(1, OWN).actions)
    assert leads_well(route((open_to_all,), PROD.host), PROD, by_default=True)
    assert not leads_well(route((open_to_all,), PROD.host), PROD, by_default=False)
