"""The way in: each thing that is broken put right, taken back, and refused when moved."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from runbook_tui.catalogue.actions import CannotPlan, Inputs, all_actions
from runbook_tui.core.change import Stage
from runbook_tui.core.plan import Plan, Risk
from runbook_tui.core.verdict import Status
from runbook_tui.simulator import certificates
from runbook_tui.simulator.operations import route53_records
from runbook_tui.wiring.kit import Kit
from tests.mutations import ingress as served
from tests.mutations import way_in as broken
from tests.support.acting import Acting, one_step
from tests.support.fixed import fixes
from tests.support.way_in import PROD, STAGING, Way, way_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

FAIL, WARN = Status.FAIL, Status.WARN
Break = Callable[[Any], object]


@pytest.fixture(scope="module")
def way() -> Iterator[Way]:
    with way_in() as ready:
        yield ready


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name server knows of a change at the next question."""
    monkeypatch.setattr(route53_records, "_SPREADING", 0.0)


def _rules(way: Way) -> dict[str, Any]:
    """Of port 443, by number."""
    arn = broken._listener(way, 443)["ListenerArn"]  # type: ignore[arg-type]
    return {one["Priority"]: one for one in way.client("elbv2").describe_rules(ListenerArn=arn)["Rules"]}


def _group(way: Way, name: str) -> str:
    return str(way.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"][0]["TargetGroupArn"])


def _own_rule(way: Way) -> Any:
    return next(one for one in _rules(way).values() if f"'{PROD.host}'" in str(one["Conditions"]))


def _no_rule(way: Way) -> None:
    way.client("elbv2").delete_rule(RuleArn=_own_rule(way)["RuleArn"])


def _to_staging(way: Way) -> None:
    actions = [{"Type": "forward", "TargetGroupArn": _group(way, STAGING.target_group)}]
    way.client("elbv2").modify_rule(RuleArn=_own_rule(way)["RuleArn"], Actions=actions)


def _deaf_on_80(way: Way) -> None:
    arn = broken._listener(way, 80)["ListenerArn"]  # type: ignore[arg-type]
    way.client("elbv2").delete_listener(ListenerArn=arn)


def _api_by_plain_http(way: Way) -> None:
    way.client("elbv2").create_rule(
        ListenerArn=broken._listener(way, 80)["ListenerArn"],  # type: ignore[arg-type]
        Priority=7,
        Conditions=[{"Field": "path-pattern", "Values": ["/hooks/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": _group(way, PROD.target_group)}],
    )


def _sticky(way: Way) -> None:
    attributes = [{"Key": "stickiness.enabled", "Value": "true"}]
    arn = _group(way, PROD.target_group)
    way.client("elbv2").modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes)


def _another_path(way: Way) -> None:
    """The targets have been healthy for a while: the new path is tried before they are asked for it."""
    way.inside.wait(120)
    served._another_path(way)  # type: ignore[arg-type]


def _slow_and_wide(way: Way) -> None:
    way.client("elbv2").modify_target_group(
        TargetGroupArn=_group(way, PROD.target_group),
        HealthCheckIntervalSeconds=100,
        HealthCheckPort="8080",
        Matcher={"HttpCode": "200-399"},
    )


def _cname(way: Way) -> None:
    values = [{"Value": way.alias()["AliasTarget"]["DNSName"]}]
    way.become({"Name": PROD.host, "Type": "CNAME", "TTL": 60, "ResourceRecords": values})


def _elsewhere(way: Way) -> None:
    way.become({"Name": PROD.host, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]})


def _proof_elsewhere(way: Way) -> None:
    (proof,) = way.records(f"_d930b28be6c5927595552b219965053e.{PROD.host}")
    way.become({**proof, "ResourceRecords": [{"Value": "_0.acm-validations.aws."}]}, host=proof["Name"].rstrip("."))


Case = tuple[str, Break, str, Status, tuple[str, ...]]
CASES: Final[Mapping[str, Case]] = {
    "a private subnet": (
        "elbv2.set-subnets",
        broken._in_a_private_subnet,
        "alb.scheme-subnets",
        FAIL,
        ("set_subnets",),
    ),
    "a second group": ("elbv2.set-security-groups", broken._second_group, "alb.sg", WARN, ("set_security_groups",)),
    "unprotected": (
        "elbv2.set-attributes",
        broken._unprotected,
        "alb.attributes",
        WARN,
        ("modify_load_balancer_attributes",),
    ),
    "no web ACL": ("wafv2.associate-web-acl", broken._no_firewall, "alb.waf", WARN, ("associate_web_acl",)),
    "no rule": ("elbv2.create-host-rules", _no_rule, "alb.rules.host", FAIL, ("create_rule",)),
    "no rule, no group": ("elbv2.create-host-rules", _no_rule, "tg.exists", FAIL, ("create_rule",)),
    "a rule to staging": ("elbv2.create-host-rules", _to_staging, "alb.rules.host", FAIL, ("modify_rule",)),
    "paths to staging": ("elbv2.create-host-rules", broken._split, "alb.rules.host", WARN, ("set_rule_priorities",)),
    "unknown hosts to staging": (
        "elbv2.set-default-action",
        broken._to_staging_by_default,
        "alb.default-action",
        FAIL,
        ("modify_listener",),
    ),
    "port 80 is deaf": ("elbv2.create-listeners", _deaf_on_80, "alb.http-redirect", WARN, ("create_listener",)),
    "plain HTTP": ("elbv2.redirect-http", served._plain, "alb.http-redirect", FAIL, ("modify_listener",)),
    "plain HTTP for hooks": ("elbv2.redirect-http", _api_by_plain_http, "alb.http-redirect", FAIL, ("delete_rule",)),
    "not for good": (
        "elbv2.redirect-http",
        broken._found_for_a_while,
        "alb.http-redirect",
        WARN,
        ("modify_listener",),
    ),
    "TLS 1.0": ("elbv2.set-tls-policy", served._outdated, "alb.https-listener", WARN, ("modify_listener",)),
    "another path": (
        "elbv2.set-health-check",
        _another_path,
        "tg.health-check",
        FAIL,
        ("modify_target_group",),
    ),
    "another port": ("elbv2.set-health-check", _slow_and_wide, "tg.health-check", FAIL, ("modify_target_group",)),
    "slow to leave": (
        "elbv2.set-deregistration",
        served._slow_to_leave,
        "tg.deregistration",
        WARN,
        ("modify_target_group_attributes",),
    ),
    "sticky": (
        "elbv2.set-deregistration",
        _sticky,
        "tg.deregistration",
        WARN,
        ("modify_target_group_attributes",),
    ),
    "a host without a certificate": (
        "elbv2.show-certificate",
        broken._other_names,
        "acm.cert.covers",
        FAIL,
        ("add_listener_certificates",),
    ),
    "no proof": (
        "route53.put-validation-record",
        broken._proof_gone,
        "acm.cert.validation-record",
        WARN,
        ("change_resource_record_sets",),
    ),
    "another proof": (
        "route53.put-validation-record",
        _proof_elsewhere,
        "acm.cert.validation-record",
        WARN,
        ("change_resource_record_sets",),
    ),
    "no record": ("route53.put-alias", Way.become, "dns.alias", FAIL, ("change_resource_record_sets",)),
    "a CNAME": ("route53.put-alias", _cname, "dns.alias", WARN, ("change_resource_record_sets",)),
    "an address": ("route53.put-alias", _elsewhere, "dns.alias", FAIL, ("change_resource_record_sets",)),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_put_right_and_taken_back(way: Way, tmp_path: Path, name: str) -> None:
    """The check passes by exactly these calls, the undo leaves all as it was, and whoever is slower is refused."""
    action, change, check, status, calls = CASES[name]
    change(way)
    made = fixes(way, tmp_path, action, way.looked, {check: status})
    assert made.plan is not None
    assert tuple(call.operation for call in made.plan.calls) == calls


def test_weights_are_shifted_and_shifted_back(way: Way, tmp_path: Path) -> None:
    """Both weights in one batch, known to every name server when the change has ended."""
    weighted = way.routed("weighted")
    way.share(old=90, new=10)
    made = fixes(
        weighted,
        tmp_path,
        "route53.shift-weights",
        way.looked,
        {"dns.routing-policy": WARN},
        {"to": "new", "share": "100"},
    )
    assert made.plan is not None
    assert len(made.plan.calls) == 1
    assert made.plan.risk is Risk.DISRUPTIVE
    assert {one["SetIdentifier"]: one["Weight"] for one in way.records()} == {"old": 0, "new": 100}
    way.become(way.alias())


def test_a_load_balancer_that_speaks_ipv6_has_two_aliases(way: Way, tmp_path: Path) -> None:
    """The second one is made beside the first."""
    (balancer,) = way.world.backend("elbv2").load_balancers.values()
    balancer.ip_address_type = "dualstack"
    try:
        fixes(way, tmp_path, "route53.put-alias", way.looked, {"dns.alias": WARN})
        assert [one["Type"] for one in way.records()] == ["A", "AAAA"]
    finally:
        balancer.ip_address_type = "ipv4"
        way.become(way.alias())


def test_a_set_that_shares_requests_is_left_out_when_it_is_ill(way: Way, tmp_path: Path) -> None:
    """Only what is wrong of the sets is changed."""
    blind = way.alias(SetIdentifier="blue", Weight=100)
    blind["AliasTarget"]["EvaluateTargetHealth"] = False
    way.become(blind)
    fixes(way, tmp_path, "route53.put-alias", way.looked, {"dns.alias": WARN})
    assert [one["Weight"] for one in way.records()] == [100]
    way.become(way.alias())


def test_a_simple_record_becomes_a_weighted_one(way: Way, tmp_path: Path) -> None:
    """As the site says, in one batch; and back again when it says otherwise."""
    weighted = way.routed("weighted")
    fixes(weighted, tmp_path, "route53.set-routing", way.looked, {"dns.routing-policy": WARN})
    weighted.expect({"dns.alias": Status.PASS})
    acting = Acting(way.kit, tmp_path, one_step("route53.set-routing"), "prod", "simple")
    try:
        assert acting.made(acting.planned()).stage is Stage.DONE
    finally:
        acting.close()
    way.expect({"dns.routing-policy": Status.SKIP, "dns.alias": Status.PASS})


def test_a_certificate_that_ends_is_replaced(way: Way, tmp_path: Path) -> None:
    """A new one is requested, issued by the records that are there already, and shown instead; taken back in turn."""
    for one in way.client("acm").list_certificates()["CertificateSummaryList"]:
        certificates.expire_at(way.world, one["CertificateArn"], way.world.clock.now() + timedelta(days=5))
    way.expect({"acm.cert.expiry": FAIL})
    before = way.looked()
    acting = Acting(way.kit, tmp_path, one_step("acm.request-certificate"), "prod")
    try:
        assert acting.made(acting.planned("acm.request-certificate")).stage is Stage.DONE
        assert acting.planned("elbv2.show-certificate").stage is Stage.REFUSED
        way.inside.wait(150)
        assert acting.made(acting.planned("elbv2.show-certificate")).stage is Stage.DONE
        way.expect({"acm.cert.expiry": Status.PASS, "acm.cert.covers": Status.PASS})
        for action in ("elbv2.show-certificate", "acm.request-certificate"):
            again = acting.planned(action)
            assert again.plan is not None
            assert again.plan.idle
        assert acting.undone().stage is Stage.DONE
        assert acting.undone().stage is Stage.DONE
    finally:
        acting.close()
    after = way.looked()
    assert {part: after[part] == before[part] for part in ("certificates", "listeners")} == {
        "certificates": True,
        "listeners": True,
    }


def _plan(way: Way, action: str, **inputs: str) -> Plan:
    fresh = way.kit.checks.connection().apart()
    return all_actions()[action].plan(fresh, way.site, way.site.environment("prod"), Inputs(inputs))


REFUSED: Final[Mapping[str, tuple[str, Break, str]]] = {
    "nothing to share out": ("route53.shift-weights", lambda way: way.become(way.alias()), "no weighted records"),
    "one weighted set": ("route53.shift-weights", lambda way: way.share(backend=100), "one weighted record"),
    "shared out elsewhere": (
        "route53.put-alias",
        lambda way: way.become(
            {
                "Name": PROD.host,
                "Type": "A",
                "TTL": 60,
                "ResourceRecords": [{"Value": "192.0.2.1"}],
                "SetIdentifier": "old",
                "Weight": 1,
            }
        ),
        "none of them this load balancer",
    ),
    "no record": ("route53.set-routing", Way.become, "has no record"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_remedy(way: Way, name: str) -> None:
    """Nothing is planned, and what to do instead is told."""
    action, change, says = REFUSED[name]
    change(way)
    with pytest.raises(CannotPlan) as refused:
        _plan(way, action)
    assert says in refused.value.what
    assert refused.value.remedy
    way.become(way.alias())


def _of(way: Way, kit: Kit) -> Way:
    return Way(way.inside, kit, way.clients)


def test_what_is_there_otherwise_is_not_made_fit(way: Way) -> None:
    """Scheme, type and protocol of what has the name or the port already: it is told, and nothing is planned."""
    elb = way.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    subnets = [one["SubnetId"] for one in balancer["AvailabilityZones"]]
    groups = {"Subnets": subnets, "SecurityGroups": balancer["SecurityGroups"]}
    inner = elb.create_load_balancer(Name="inner", Scheme="internal", **groups)["LoadBalancers"][0]["LoadBalancerArn"]
    elsewhere = _of(way, way.of_site("alb", name="inner").kit)
    for action in ("elbv2.create-load-balancer", "elbv2.set-subnets"):
        with pytest.raises(CannotPlan, match=r"scheme cannot be changed|is internal"):
            _plan(elsewhere, action)
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    elb.create_listener(LoadBalancerArn=inner, Port=443, Protocol="HTTP", DefaultActions=[answer])
    with pytest.raises(CannotPlan, match="speaks HTTP"):
        _plan(elsewhere, "elbv2.create-listeners")
    elb.delete_load_balancer(LoadBalancerArn=inner)
    given = {"Name": "of-machines", "Protocol": "HTTP", "Port": 3000, "VpcId": balancer["VpcId"]}
    made = elb.create_target_group(**given, TargetType="instance")["TargetGroups"][0]["TargetGroupArn"]
    with pytest.raises(CannotPlan, match="none of it can change"):
        _plan(_of(way, way.of_prod(target_group="of-machines").kit), "elbv2.create-target-groups")
    elb.delete_target_group(TargetGroupArn=made)


def test_a_zone_that_the_site_names_is_not_made_anew(way: Way) -> None:
    """Where there is another public zone of the domain too."""
    elsewhere = _of(way, way.of_site("domain", hosted_zone_id="Z0000000000000").kit)
    with pytest.raises(CannotPlan, match="has no public zone Z0000000000000"):
        _plan(elsewhere, "route53.create-zone")


def test_no_web_acl_is_wanted(way: Way) -> None:
    """The site says so."""
    with pytest.raises(CannotPlan, match="wants no web ACL"):
        _plan(_of(way, way.of_site("alb", waf="off").kit), "wafv2.associate-web-acl")


def test_a_certificate_without_a_better_one_stays(way: Way) -> None:
    """Nothing could take its place."""
    for one in way.client("acm").list_certificates()["CertificateSummaryList"]:
        certificates.expire_at(way.world, one["CertificateArn"], way.world.clock.now() + timedelta(days=5))
    with pytest.raises(CannotPlan, match="no other certificate is issued"):
        _plan(way, "elbv2.show-certificate")


def test_a_path_that_nobody_answers_is_not_asked(way: Way) -> None:
    """All targets would turn unhealthy."""
    elsewhere = _of(way, way.of_site("app", ready_path="/absent").kit)
    with pytest.raises(CannotPlan, match="does not answer 200"):
        _plan(elsewhere, "elbv2.set-health-check")


@pytest.mark.parametrize("share", ["", "101", "-1", "half"])
def test_a_share_is_a_part_of_a_hundred(way: Way, share: str) -> None:
    """Anything else is refused before it is planned."""
    way.share(old=1, new=0)
    with pytest.raises(CannotPlan, match="is no share"):
        _plan(way, "route53.shift-weights", to="new", share=share)
    way.become(way.alias())
