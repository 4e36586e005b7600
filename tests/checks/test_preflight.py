"""The checks of the preamble, on typed facts."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.aws.signin import SignInRefused
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.site import Clock, Frontend, Site, Tags
from runbook_tui.core.verdict import Cause, Status, Verdict
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import ACCOUNT, SITE, Raw, site_with
from tests.support.facts import NOON, Answers, FakeReader, aws_of
from tests.support.ground import (
    GUARDED,
    TAGS,
    but,
    caller,
    ground,
    groups,
    questions,
    refused,
    simulated,
    tagged,
    zones,
)

CHECKS = (
    "pre.credentials",
    "pre.account-match",
    "pre.region",
    "pre.permissions",
    "pre.clock",
    "pre.site-placeholders",
    "pre.frontend-inventory",
    "pre.dedicated-resources",
)
PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
USER = f"arn:aws:iam::{ACCOUNT}:user/ops/jo"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/jo"
SSO = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/jo"


def case(check: str, status: Status, given: Answers, *says: str, site: Site = GUARDED) -> Case:
    return Case(check=check, status=status, given=given, says=says, site=site)


def signed_in_as(arn: str) -> Answers:
    return but(get_caller_identity=caller(arn))


def aws_keys(**keys: Any) -> Site:
    return site_with(aws=replace(SITE.aws, **keys))


def at(seconds: float) -> Answers:
    """AWS's clock stands this many seconds before ours."""
    date = (NOON - timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return but(get_caller_identity=caller(date=date))


def front_end(**named: tuple[str, ...]) -> Site:
    return site_with(frontend=Frontend(**named))  # type: ignore[arg-type]


def opted(status: str) -> Answers:
    return but(get_region_opt_status={"RegionName": "ap-south-1", "RegionOptStatus": status})


def stack(kind: str, value: str) -> list[dict[str, str]]:
    rest = {"Project": "asharvi", "Component": "backend", "Environment": "prod"}
    return [{"Key": key, "Value": text} for key, text in {**rest, kind: value}.items()]


def with_subnets(answer: Raw, number: int) -> Raw:
    more = [{"ResourceARN": f"arn:aws:ec2:x:subnet/subnet-{n}", "Tags": TAGS} for n in range(number)]
    return {"ResourceTagMappingList": [*answer["ResourceTagMappingList"], *more]}


CASES = [
    case("pre.credentials", PASS, ground(), "assumed role AsharviOnCall", "not known"),
    case("pre.credentials", WARN, signed_in_as(ROOT), "root user"),
    case("pre.credentials", WARN, signed_in_as(USER), "IAM user jo"),
    case("pre.credentials", FAIL, but(get_caller_identity=SignInExpired("the token has expired", "")), "has expired"),
    case("pre.account-match", PASS, ground(), ACCOUNT),
    case("pre.account-match", PASS, ground(), ACCOUNT, site=aws_keys(endpoint_url="http://127.0.0.1:5000")),
    case("pre.account-match", FAIL, ground(), "210987654321", site=aws_keys(account_id="210987654321")),
    case("pre.account-match", FAIL, ground(), "names no account", site=aws_keys(account_id="")),
    case("pre.account-match", WARN, ground(), "not this machine", site=aws_keys(endpoint_url="https://aws.test")),
    case("pre.region", PASS, ground(), "ap-south-1: 3 zones"),
    case("pre.region", PASS, opted("ENABLED"), "3 zones"),
    case("pre.region", FAIL, opted("DISABLED"), "disabled"),
    case("pre.region", FAIL, opted("DISABLING"), "disabling"),
    case("pre.region", FAIL, but(describe_availability_zones=zones("available", "unavailable")), "1 of 2 zones"),
    case("pre.region", FAIL, but(describe_availability_zones=zones("available", "impaired")), "1 of 2 zones"),
    case("pre.region", WARN, opted("ENABLING"), "is enabling"),
    case(
        "pre.region",
        WARN,
        but(describe_availability_zones=zones("available", "available", "impaired")),
        "aps1-az3 is impaired",
    ),
    case(
        "pre.region",
        WARN,
        but(describe_availability_zones=zones("available", "available", "constrained")),
        "constrained",
    ),
    case("pre.region", WARN, ground(), "the guide for ap-south-1", site=aws_keys(region="eu-west-1")),
    case("pre.permissions", PASS, ground(), "read actions are allowed"),
    case("pre.permissions", PASS, signed_in_as(USER), "read actions are allowed"),
    case("pre.permissions", PASS, signed_in_as(SSO), "likely"),
    case(
        "pre.permissions",
        WARN,
        but(simulate_principal_policy=simulated(ecr_GetRepositoryPolicy="implicitDeny")),
        "1 of",
        "ecr:GetRepositoryPolicy",
        "1 checks",
    ),
    case(
        "pre.permissions",
        WARN,
        but(simulate_principal_policy=simulated(secretsmanager_GetSecretValue="explicitDeny")),
        "secretsmanager:GetSecretValue",
    ),
    case("pre.permissions", UNKNOWN, signed_in_as(ROOT), "cannot simulate the root user"),
    case("pre.permissions", UNKNOWN, signed_in_as(FEDERATED), "cannot simulate a federated user"),
    case("pre.permissions", UNKNOWN, but(get_role=Missing("iam:get-role", "x")), "AsharviOnCall is not to be found"),
    case("pre.permissions", UNKNOWN, but(simulate_principal_policy={"EvaluationResults": []}), "could not decide"),
    case("pre.clock", PASS, at(0), "within 120 s"),
    case("pre.clock", PASS, at(120), "within 120 s"),
    case("pre.clock", WARN, at(121), "121 s ahead of AWS"),
    case("pre.clock", WARN, at(-300), "300 s behind AWS"),
    case("pre.clock", FAIL, at(301), "301 s ahead of AWS"),
    case("pre.clock", FAIL, at(-3600), "3600 s behind AWS"),
    case("pre.clock", WARN, at(31), "31 s", site=site_with(clock=Clock(max_skew_s=30))),
    case("pre.clock", FAIL, but(get_caller_identity=SignInRefused("refused", "x", skew_s=900.0)), "900 s ahead"),
    case("pre.clock", UNKNOWN, but(get_caller_identity={**caller(), "ResponseMetadata": {}}), "Date"),
    case("pre.site-placeholders", PASS, ground(), "no placeholder"),
    case("pre.site-placeholders", FAIL, ground(), "aws.account_id", site=aws_keys(account_id="000000000000")),
    case(
        "pre.site-placeholders",
        FAIL,
        ground(),
        "domain.zone",
        site=site_with(domain=replace(SITE.domain, zone="example.com")),
    ),
    case(
        "pre.site-placeholders",
        FAIL,
        ground(),
        "net.vpc_name",
        site=site_with(net=replace(SITE.net, vpc_name="<your vpc>")),
    ),
    case("pre.site-placeholders", WARN, ground(), "frontend.buckets.0", site=front_end(buckets=("REPLACE-ME",))),
    case("pre.frontend-inventory", PASS, ground(), "names no front-end resource", site=SITE),
    case(
        "pre.frontend-inventory",
        PASS,
        ground(),
        "all 5",
        site=front_end(distribution_ids=("E1",), buckets=("asharvi-web",), functions=("edge",), apis=("legacy", "h1")),
    ),
    case(
        "pre.frontend-inventory",
        WARN,
        ground(),
        "4 of 5",
        "distributions: E9",
        "APIs: x",
        site=front_end(distribution_ids=("E9",), buckets=("gone",), functions=("edge2",), apis=("legacy", "x")),
    ),
    case("pre.frontend-inventory", SKIP, ground(), "no front end", site=site_with(frontend=Frontend(enabled=False))),
    case("pre.dedicated-resources", PASS, ground(), "all 14"),
    case("pre.dedicated-resources", PASS, but(describe_security_groups=groups("ecs-backend-sg")), "all 13"),
    case(
        "pre.dedicated-resources",
        WARN,
        but(get_resources=tagged("targetgroup/asharvi-backend-tg-prod")),
        "1 of 14",
        "target group asharvi-backend-tg-prod",
    ),
    case("pre.dedicated-resources", WARN, but(get_resources=tagged("vpc/")), "VPC asharvi-backend-vpc"),
    case("pre.dedicated-resources", PASS, but(get_resources=with_subnets(tagged("vpc/"), 4)), "all 14"),
    case(
        "pre.dedicated-resources", WARN, but(get_resources=with_subnets(tagged("vpc/"), 3)), "VPC asharvi-backend-vpc"
    ),
    case(
        "pre.dedicated-resources",
        WARN,
        but(get_resources=tagged(cluster=[{"Key": "Project", "Value": "asharvi"}])),
        "cluster",
    ),
    case(
        "pre.dedicated-resources",
        WARN,
        but(get_resources=tagged(cluster=stack("Component", "frontend"))),
        "tagged as front end",
    ),
    case("pre.dedicated-resources", SKIP, ground(), "no tags", site=site_with(tags=Tags(required=()))),
]


@pytest.mark.parametrize("one", CASES, ids=str)
def test_verdict(one: Case) -> None:
    """In this world the check gives this verdict, says why, and what to do when it is not well."""
    verdict, _ = judged(one)
    assert verdict.status == one.status, verdict
    for part in one.says:
        assert part in verdict.because
    assert bool(verdict.remedy) == (one.status in (WARN, FAIL, UNKNOWN))


OPT_STATUS = ("account", "get_region_opt_status")


@pytest.mark.parametrize(
    "one",
    [refused(name, question) for name in CHECKS for question in questions(name) if question != OPT_STATUS],
    ids=str,
)
def test_denied(one: Case) -> None:
    """Whatever read is denied, the check is UNKNOWN and names the missing action."""
    verdict, _ = judged(one)
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert one.says[0] in verdict.because


def test_region_by_zones_alone() -> None:
    """Where the opt-in status may not be read, the zones that answer are enough, and the verdict says so."""
    verdict, _ = judged(refused("pre.region", OPT_STATUS))
    assert verdict.status is PASS
    assert "account:GetRegionOptStatus is denied" in verdict.because


@pytest.mark.parametrize("name", CHECKS)
def test_needs_are_what_is_asked(name: str) -> None:
    """The declared IAM actions are exactly those that the check asks, all worlds taken together."""
    assert asked_by(name, CASES) == set(all_checks()[name].needs)


class SignedReader(FakeReader):
    """A reader with a session behind it that knows when the sign-in ends."""

    def __init__(self, expires: datetime | None, *, renews: bool) -> None:
        super().__init__(ground())
        self.session = SimpleNamespace(identity=lambda: SimpleNamespace(expires=expires, renews_itself=renews))


def credentials(minutes: float, *, renews: bool = False) -> Verdict:
    reader = SignedReader(NOON + timedelta(minutes=minutes), renews=renews)
    return ask(all_checks()["pre.credentials"], aws_of(reader), SITE, "prod")


@pytest.mark.parametrize(("minutes", "status"), [(16, PASS), (15, WARN), (-1, WARN)])
def test_sign_in_that_ends_soon(minutes: float, status: Status) -> None:
    """A sign-in that cannot renew itself warns from a quarter of an hour before its end."""
    assert credentials(minutes).status is status


def test_sign_in_that_renews_itself() -> None:
    """A sign-in that renews itself may end when it likes."""
    verdict = credentials(2, renews=True)
    assert verdict.status is PASS
    assert "renews itself" in verdict.because


def simulations(site: Site, given: Answers | None = None) -> list[dict[str, Any]]:
    _, reader = judged(case("pre.permissions", PASS, given or ground(), site=site))
    return [given for _, operation, given in reader.asked if operation == "simulate_principal_policy"]


def test_role_is_simulated_with_its_path() -> None:
    """The role's own ARN is simulated: the session's has lost the path."""
    principals = {one["PolicySourceArn"] for one in simulations(GUARDED)}
    assert principals == {f"arn:aws:iam::{ACCOUNT}:role/operators/AsharviOnCall"}


def test_every_needed_action_is_simulated_once() -> None:
    """The simulation asks each read action of every check exactly once."""
    asked = [action for one in simulations(GUARDED) for action in one["ActionNames"]]
    wanted = {action for one in all_checks().values() for action in one.needs}
    assert sorted(asked) == sorted(wanted)


def test_secret_is_simulated_on_its_own_arn() -> None:
    """Reading a value is granted on the two secrets only, so that is where it is simulated."""
    groups = {tuple(one["ActionNames"]): one["ResourceArns"] for one in simulations(GUARDED)}
    scoped = groups["secretsmanager:GetSecretValue",]
    assert [arn.rsplit(":", 1)[1][:-7] for arn in scoped] == ["asharvi/backend/staging", "asharvi/backend/prod"]


def test_value_read_is_not_wanted_where_it_is_off() -> None:
    """An operator who does not read values needs no permission for it."""
    asked = [action for one in simulations(SITE) for action in one["ActionNames"]]
    assert "secretsmanager:GetSecretValue" not in asked


def test_condition_that_iam_cannot_decide() -> None:
    """A denial for want of a condition's key is UNKNOWN and names the key, not a denial."""

    def simulate(**asked: Any) -> dict[str, Any]:
        decision = {"EvalDecision": "implicitDeny", "MissingContextValues": ["aws:SourceVpc"]}
        return {"EvaluationResults": [{"EvalActionName": name, **decision} for name in asked["ActionNames"]]}

    verdict, _ = judged(case("pre.permissions", UNKNOWN, but(simulate_principal_policy=simulate)))
    assert (verdict.status, verdict.cause, verdict.evidence["keys"]) == (UNKNOWN, Cause.UNDECIDED, ["aws:SourceVpc"])


def test_expired_sign_in_is_no_clock_trouble() -> None:
    """Refused credentials without a time to compare stop the run as what they are."""
    with pytest.raises(SignInExpired):
        judged(case("pre.clock", FAIL, but(get_caller_identity=SignInRefused("expired", "sign in"))))
