"""Where the hosts lead on port 443, on typed facts."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Status
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import PROD, SITE, STAGING, Raw
from tests.support.facts import Answers
from tests.support.ingress_ground import (
    FIXED_404,
    PROTECTED,
    but,
    environment,
    forward,
    host_rule,
    ingress,
    questions,
    refused,
    rules,
    site,
)
from tests.support.raw_elb import listener, redirect

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
CHECKS = ("alb.rules.host", "alb.default-action")
HOSTS, DEFAULT = CHECKS
MINE, THEIRS = PROD.target_group, STAGING.target_group
PROD_BY_DEFAULT = site(alb=replace(SITE.alb, default_action="prod"))
PLAIN = but(describe_listeners={"Listeners": [listener(80)]})
API: Raw = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}
EVERY_PATH: Raw = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}
FROM_OFFICE: Raw = {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}}
REGEX: Raw = {"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^api\\..*"]}}
BOTH: Raw = {"Field": "host-header", "HostHeaderConfig": {"Values": ["api.*"], "RegexValues": ["^api\\..*"]}}
OLD: Raw = {"Field": "host-header", "Values": [PROD.host]}


def case(status: Status, given: Answers, *says: str, site: Site = PROTECTED, env: str = "prod") -> Case:
    return Case(check=HOSTS, status=status, given=given, says=says, site=site, environment=env)


def ruled(*given: Raw, default: Raw = FIXED_404) -> Answers:
    return but(describe_rules=rules(*given, default=default))


def mine(number: int = 20, *groups: str, host: str = PROD.host) -> Raw:
    return host_rule(number, (host,), *(groups or (MINE,)))


def host_cases() -> Iterator[Case]:
    yield case(PASS, ingress(), f"rule 20 forwards {PROD.host} to {MINE}")
    yield case(PASS, ingress(), f"rule 10 forwards {STAGING.host} to {THEIRS}", env="staging")
    yield case(PASS, ruled(mine(20), host_rule(100, ("*.asharvi.dev",), THEIRS)))
    yield case(PASS, ruled(mine(9), host_rule(10, ("*.asharvi.dev",), THEIRS)), "rule 9")
    yield case(PASS, ruled(mine(20, host=PROD.host.upper())))
    yield case(PASS, ruled(mine(20, host="a?i.asharvi.dev")))
    yield case(PASS, ruled(host_rule(20, (), MINE, more=(OLD,))))
    yield case(PASS, ruled(host_rule(5, (PROD.host,), MINE, more=(API,)), mine(20)), "rule 20")
    yield case(PASS, ruled(host_rule(5, (PROD.host,), MINE, more=(EVERY_PATH,))), "rule 5")
    yield case(PASS, ruled(mine(20, f"{MINE}:100", "other:0")))
    yield case(PASS, ruled(host_rule(10, (STAGING.host,), THEIRS), default=forward(MINE)), site=PROD_BY_DEFAULT)
    yield case(FAIL, ruled(host_rule(5, ("*.asharvi.dev",), THEIRS), mine(20)), f"reaches {THEIRS} of staging")
    yield case(FAIL, ruled(mine(20, f"{MINE}:90", f"{THEIRS}:10")), f"reaches {THEIRS} of staging")
    yield case(FAIL, ruled(mine(20, "asharvi-old")), f"reaches asharvi-old, not {MINE} (rule 20)")
    yield case(FAIL, ruled(mine(20, f"{MINE}:0", "other:0")), f"not {MINE}")
    yield case(FAIL, ruled(host_rule(10, (STAGING.host,), THEIRS)), "reaches fixed-response", "(rule default)")
    yield case(FAIL, ruled(host_rule(10, ("asharvi.dev",), MINE)), "reaches fixed-response")
    yield case(FAIL, ruled({**mine(20), "Actions": [redirect()]}), "reaches redirect")
    yield case(FAIL, but(describe_rules={"Rules": []}), "no rule of port 443 matches")
    yield case(WARN, ruled(host_rule(10, (STAGING.host,), THEIRS), default=forward(MINE)), "by the default action only")
    yield case(
        WARN,
        ruled(mine(20), default=forward(THEIRS)),
        "by the default action only",
        env="staging",
        site=PROD_BY_DEFAULT,
    )
    yield case(WARN, ruled(mine(20, f"{MINE}:90", "canary:10")), f"only 90% of the requests for {PROD.host}")
    for shadow in (API, FROM_OFFICE):
        given = ruled(host_rule(5, (PROD.host,), THEIRS, more=(shadow,)), mine(20))
        yield case(WARN, given, "rule 5 takes some requests before")
    yield case(WARN, ruled(host_rule(5, (), THEIRS, more=(API,)), mine(20)), "rule 5 takes some requests before")
    yield case(UNKNOWN, ruled(host_rule(5, (), THEIRS, more=(REGEX,)), mine(20)), "rule 5 matches hosts by a regular")
    yield case(PASS, ruled(mine(20), host_rule(30, (), THEIRS, more=(REGEX,))))
    yield case(PASS, ruled(host_rule(5, (), MINE, more=(BOTH,)), mine(20)), "rule 5")
    yield case(UNKNOWN, ingress(), "the site names no host of prod", site=environment("prod", host=""))
    yield case(SKIP, PLAIN, "blocked by alb.https-listener")


def default_cases() -> Iterator[Case]:
    def default(status: Status, action: Raw, *says: str, site: Site = PROTECTED) -> Case:
        given = but(describe_listeners={"Listeners": [listener(80), listener(443, DefaultActions=[action])]})
        return Case(check=DEFAULT, status=status, given=given, says=says, site=site)

    yield Case(check=DEFAULT, status=PASS, given=ingress(), says=("fixed-response 404",), site=PROTECTED)
    yield default(PASS, forward(MINE), f"forward {MINE}", site=PROD_BY_DEFAULT)
    yield default(FAIL, forward(THEIRS), "the default action forwards to staging")
    yield default(FAIL, forward(f"{MINE}:1", f"{THEIRS}:1"), "forwards to staging", site=PROD_BY_DEFAULT)
    yield default(WARN, FIXED_404, "the site says prod", site=PROD_BY_DEFAULT)
    yield default(WARN, forward(MINE), "the site says fixed_404")
    yield default(WARN, forward("asharvi-old"), "forward asharvi-old", site=PROD_BY_DEFAULT)
    yield default(WARN, {**FIXED_404, "FixedResponseConfig": {"StatusCode": "503"}}, "fixed-response 503")
    yield default(WARN, redirect(), "the default action is redirect")
    yield Case(check=DEFAULT, status=SKIP, given=PLAIN, says=("blocked by alb.https-listener",), site=PROTECTED)


CASES = [*host_cases(), *default_cases()]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    assert [part for part in one.says if part not in verdict.because] == [], verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


@pytest.mark.parametrize("one", [refused(name, question) for name in CHECKS for question in questions(name)], ids=str)
def test_denied(one: Case) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(one)
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert one.says[0] in verdict.because


@pytest.mark.parametrize("name", CHECKS)
def test_needs_are_what_is_asked(name: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(name, CASES) == set(all_checks()[name].needs)
