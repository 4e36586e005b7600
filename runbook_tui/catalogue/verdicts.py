"""Where every trouble of a check becomes a verdict: the one place (catalogue, section 1)."""

from collections.abc import Mapping
from typing import Final, assert_never

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import (
    Ambiguous,
    AwsProblem,
    Conflict,
    Denied,
    Malformed,
    Missing,
    NotEnabled,
    ServerFault,
    Throttled,
    Truncated,
    Unreachable,
    Unsupported,
    WrongRegion,
)
from runbook_tui.catalogue.registry import Check, all_checks
from runbook_tui.core.problems import Problem, SignInExpired
from runbook_tui.core.site import Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Cause, Scope, Severity, Status, Verdict, blocked, fail, skip, unknown

_UNDECIDED: Final[Mapping[type[AwsProblem], tuple[Cause, str]]] = {
    Throttled: (Cause.THROTTLED, "wait a minute and re-check: AWS limits the rate of requests"),
    WrongRegion: (Cause.REGION, "enable the region in the account, or correct aws.region in the site"),
    Unreachable: (Cause.TIMEOUT, "check the network, proxy and VPN of this machine, then re-check"),
    ServerFault: (Cause.SERVER, "AWS failed to answer: look at its health dashboard, then re-check"),
    Unsupported: (Cause.UNSUPPORTED, "the endpoint does not offer this operation: ask the real service"),
    Conflict: (Cause.UNDECIDED, "wait until the change is over, then re-check"),
    Malformed: (Cause.MALFORMED, "re-check; if it stays, update runbook-tui"),
    Truncated: (Cause.TRUNCATED, "there is more than 200 pages of this: look at it by hand"),
}

# Normal for an operator who may not read secrets, so it must not outweigh a WARN (catalogue, secret.keys).
_LOW_WHEN_DENIED: Final = frozenset({"secret.env-distinct", "secret.keys"})


def ask(check: Check, aws: Aws, site: Site, environment: str, *, checks: Mapping[str, Check] | None = None) -> Verdict:
    """The check's verdict in this environment. Raises ``SignInExpired`` and nothing else.

    ``checks`` are those among which a blocker is looked for; all registered ones when it is left out.
    """
    if check.scope is Scope.PROD and environment != "prod":
        return skip(f"asked of prod only, not of {environment}")
    try:
        return _answer(check, aws, site, environment)
    except SignInExpired:
        raise
    except AwsProblem as problem:
        return _troubled(check, problem, all_checks() if checks is None else checks)
    except Problem as problem:
        return unknown(Cause.UNDECIDED, clean(problem.what), problem.remedy)
    except Exception as defect:  # noqa: BLE001 - a defect in one check must not end the run, nor its text leak a value
        return unknown(Cause.ERROR, f"the check itself failed: {type(defect).__name__}", "report this as a defect")


def _answer(check: Check, aws: Aws, site: Site, environment: str) -> Verdict:
    match check.scope:
        case Scope.ACCOUNT | Scope.SHARED:
            return check.ask(aws, site)
        case Scope.ENVIRONMENT | Scope.PROD:
            return check.ask(aws, site, site.environment(environment))
        case _:
            assert_never(check.scope)


def _troubled(check: Check, problem: AwsProblem, checks: Mapping[str, Check]) -> Verdict:
    match problem:
        case Denied():
            return _denied(check, problem)
        case Missing():
            return _absent(check, problem, problem.kind, checks)
        case Ambiguous():
            return _absent(check, problem, problem.kind, checks, ids=problem.ids)
        case NotEnabled():
            return skip(f"not enabled: {clean(problem.what)}")
        case _:
            cause, remedy = _UNDECIDED.get(type(problem), (Cause.ERROR, "report this as a defect"))
            return unknown(cause, clean(problem.what), problem.remedy or remedy, **_where(problem))


def _denied(check: Check, problem: Denied) -> Verdict:
    what = clean(problem.what)
    because = what if problem.action in what else f"not allowed: {problem.action} ({what})"
    remedy = problem.remedy or (
        f"allow {problem.action} to the operator's role: `runbook-tui permissions` prints the read-only policy"
    )
    return Verdict(
        status=Status.UNKNOWN,
        cause=Cause.DENIED,
        because=because,
        remedy=remedy,
        evidence={"action": problem.action},
        counts_as=Severity.LOW if check.id in _LOW_WHEN_DENIED else None,
    )


def _absent(
    check: Check, problem: AwsProblem, kind: str, checks: Mapping[str, Check], ids: tuple[str, ...] = ()
) -> Verdict:
    """FAIL where the absence is this check's own finding; else the check that finds it blocks this one."""
    what = clean(problem.what)
    evidence = {"ids": list(ids)} if ids else {}
    blocker = next((other.id for other in checks.values() if kind in other.establishes), None)
    if kind not in check.establishes and blocker is not None:
        return blocked(blocker, what, **evidence)
    return fail(what, problem.remedy or "create it, or correct its name in the site", **evidence)


def _where(problem: AwsProblem) -> dict[str, str]:
    return {"call": f"{problem.service}.{problem.operation}"} if problem.operation else {}
