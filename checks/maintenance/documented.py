"""Guide 10: the runbooks are there and known, and the log of their use is whole."""

from datetime import timedelta
from typing import Any, Final

from msgspec.structs import replace

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core.attestation import Attestation
from runbook_tui.core.records import AuditLog
from runbook_tui.core.runbook import Family
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Status, Verdict, fail

RUNBOOKS: Final = "maint.runbooks-documented"
AUDIT_LOG: Final = "maint.audit-log"
REVIEWED: Final = timedelta(days=180)
BACKED_UP: Final = timedelta(days=30)
ROOM: Final = 100 * 1024 * 1024
# What the guide names, by the family that holds it.
WANTED: Final = {
    Family.INCIDENT: "incident response",
    Family.SCALING: "scaling changes",
    Family.ROLLBACK: "deployment rollback",
}


@check("maint.runbooks-documented", guide="10", severity="info", scope="shared")
def runbooks_documented(aws: Aws, _site: Site) -> Verdict:
    """Runbooks for incidents, scaling and rollback are there, and somebody has reviewed them this half-year."""
    books = aws.records.books()
    broken = [f"{book.id} cannot be loaded: {book.trouble}" for book in books if book.trouble]
    absent = [
        f"there is no runbook for {what}"
        for family, what in WANTED.items()
        if family not in {one.family for one in books}
    ]
    concerns = [*absent, *broken]
    found = aws.attested(RUNBOOKS, "")
    if found is None:
        return _with(attested(aws, RUNBOOKS, "", "the runbooks were reviewed", row_says_pass=True), concerns)
    now = aws.now()
    if now - found.at > REVIEWED or not found.holds(now.date()):
        concerns.append(f"the last review was {(now - found.at).days} days ago, by {found.name}")
    evidence: dict[str, Any] = {
        "runbooks": {one.id: one.sha256[:12] for one in books if one.family in WANTED},
        "reviewed": f"{found.at:%Y-%m-%d}",
        "by": found.by,
        "attested": True,
    }
    remedy = f"read them once more, then: runbook-tui attest add {RUNBOOKS} --text 'where, whose' --expires 180d"
    verdict = warn_or_pass(
        concerns, f"reviewed by {found.name} on {found.at:%Y-%m-%d}: {found.text}", remedy, **evidence
    )
    return _marked(verdict)


def _with(verdict: Verdict, concerns: list[str]) -> Verdict:
    return replace(verdict, because="; ".join([verdict.because, *concerns]))


def _marked(verdict: Verdict) -> Verdict:
    return replace(verdict, attested=True)


@check("maint.audit-log", guide="10", severity="medium", scope="shared")
def audit_log(aws: Aws, _site: Site) -> Verdict:
    """The audit log is whole from end to end, can be written, and was backed up this month."""
    log = aws.records.audit_log()
    backup = aws.attested(AUDIT_LOG, "") if not log.broken else None
    evidence: dict[str, Any] = {
        "folder": log.folder,
        "journals": log.journals,
        "entries": log.entries,
        "head": log.tip,
        "free_mb": log.free_bytes // (1024 * 1024),
        "backed_up": f"{backup.at:%Y-%m-%d}" if backup is not None else "not stated",
    }
    if log.broken:
        remedy = "keep the files as they are, elsewhere too; runbook-tui audit verify tells what was changed"
        return fail(f"the chain is broken: {'; '.join(log.broken)}", remedy, broken=list(log.broken), **evidence)
    verdict = warn_or_pass(
        _concerns(log, backup, aws),
        f"{log.entries} entries in {log.journals} journals are whole",
        f"copy the folder elsewhere, then: runbook-tui attest add {AUDIT_LOG} --text 'copied to …' --expires 30d",
        **evidence,
    )
    return _marked(verdict) if backup is not None and verdict.status is Status.PASS else verdict


def _concerns(log: AuditLog, backup: Attestation | None, aws: Aws) -> list[str]:
    now = aws.now()
    concerns = []
    if not log.writable:
        concerns.append(f"{log.folder} cannot be written")
    if log.free_bytes <= ROOM:
        concerns.append(f"{log.free_bytes // (1024 * 1024)} MB are free, expected more than 100")
    kept_since = backup.at if backup is not None else log.since
    if kept_since is not None and now - kept_since > BACKED_UP:
        concerns.append(f"nobody has stated a backup for {(now - kept_since).days} days")
    return concerns
