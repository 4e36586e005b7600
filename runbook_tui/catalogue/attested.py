"""The verdict on what only a person can tell: an operator's statement, marked as one."""

from datetime import datetime
from functools import partial

from runbook_tui.aws.access import Aws
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.verdict import Cause, Status, Verdict, unknown, warn


def attested(
    aws: Aws,
    check: str,
    environment: str,
    what_to_confirm: str,
    *,
    row_says_pass: bool,
    row_warns: bool = False,
    since: datetime | None = None,
) -> Verdict:
    """``environment`` is empty for a check that both share. ``what_to_confirm`` completes "nobody has attested that …".

    A statement that holds is PASS where the catalogue's row says so, else WARN. None, an expired one, or one made
    before ``since`` is UNKNOWN, or WARN where ``row_warns``.
    """
    verb = f"runbook-tui attest add {check}{f' --env {environment}' if environment else ''} --text '…' --expires 90d"
    try:
        found = aws.attested(check, environment)
    except JournalProblem as problem:
        return unknown(Cause.UNDECIDED, str(problem), problem.remedy)
    unstated = warn if row_warns else partial(unknown, Cause.UNDECIDED)
    if found is None:
        return unstated(f"nobody has attested that {what_to_confirm}", f"see to it, then: {verb}")
    remedy = f"confirm anew that {what_to_confirm}: {verb}"
    if not found.holds(aws.now().date()):
        because = f"what {found.name} attested on {found.at:%Y-%m-%d} expired on {found.expires}: {found.text}"
        return unstated(because, remedy, **_evidence(found))
    if since is not None and found.at < since:
        because = f"what {found.name} attested on {found.at:%Y-%m-%d} is older than {since:%Y-%m-%d}: {found.text}"
        return unstated(because, remedy, **_evidence(found))
    return Verdict(
        status=Status.PASS if row_says_pass else Status.WARN,
        because=f"attested by {found.name} on {found.at:%Y-%m-%d} until {found.expires}: {found.text}",
        remedy="" if row_says_pass else f"a statement is no measurement: look again before {found.expires}",
        evidence={"attested": True, **_evidence(found)},
        attested=True,
    )


def _evidence(found: Attestation) -> dict[str, str]:
    return {"by": found.by, "at": f"{found.at:%Y-%m-%dT%H:%M:%SZ}", "expires": str(found.expires)}
