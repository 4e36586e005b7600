"""The verdict on what only a person can tell: an operator's statement, marked as one."""

from runbook_tui.aws.access import Aws
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.verdict import Cause, Status, Verdict, unknown


def attested(aws: Aws, check: str, environment: str, what_to_confirm: str, *, row_says_pass: bool) -> Verdict:
    """``environment`` is empty for a check that both share. ``what_to_confirm`` completes "nobody has attested that …".

    A statement that holds is PASS where the catalogue's row says so, else WARN; none, or an expired one, is UNKNOWN.
    """
    verb = f"runbook-tui attest add {check}{f' --env {environment}' if environment else ''} --text '…' --expires 90d"
    try:
        found = aws.attested(check, environment)
    except JournalProblem as problem:
        return unknown(Cause.UNDECIDED, str(problem), problem.remedy)
    if found is None:
        return unknown(Cause.UNDECIDED, f"nobody has attested that {what_to_confirm}", f"see to it, then: {verb}")
    if not found.holds(aws.now().date()):
        because = f"what {found.name} attested on {found.at:%Y-%m-%d} expired on {found.expires}: {found.text}"
        return unknown(Cause.UNDECIDED, because, f"confirm anew that {what_to_confirm}: {verb}", **_evidence(found))
    return Verdict(
        status=Status.PASS if row_says_pass else Status.WARN,
        because=f"attested by {found.name} on {found.at:%Y-%m-%d} until {found.expires}: {found.text}",
        remedy="" if row_says_pass else f"a statement is no measurement: look again before {found.expires}",
        evidence={"attested": True, **_evidence(found)},
        attested=True,
    )


def _evidence(found: Attestation) -> dict[str, str]:
    return {"by": found.by, "at": f"{found.at:%Y-%m-%dT%H:%M:%SZ}", "expires": str(found.expires)}
