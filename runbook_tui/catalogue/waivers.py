"""Failures that somebody answers for: ``waivers.yaml`` beside the site file. A waived FAIL stays a FAIL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from msgspec import UNSET, Struct
from msgspec.structs import replace

from runbook_tui.catalogue.findings import Finding, Findings, Level, told
from runbook_tui.catalogue.nodes import Node, Scalar, locate
from runbook_tui.catalogue.positions import parse, read_text
from runbook_tui.catalogue.registry import Check
from runbook_tui.catalogue.suggest import did_you_mean
from runbook_tui.catalogue.waiver_shape import WAIVERS
from runbook_tui.core.limits import looks_secret, shown
from runbook_tui.core.problems import SiteProblem
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Status, Verdict, Waiver

NAME: Final = "waivers.yaml"
LONGEST_DAYS: Final = 400


class Waived(Struct, frozen=True, kw_only=True):
    """One item of the file. Without an environment it holds in every one."""

    check: str
    environment: str
    waiver: Waiver

    def covers(self, check: str, environment: str) -> bool:
        return self.check == check and self.environment in ("", environment)


def waivers_path(site_path: str | Path) -> Path:
    return Path(site_path).with_name(NAME)


def load_waivers(path: Path, checks: Mapping[str, Check], today: date) -> tuple[Waived, ...]:
    """Nothing when there is no file. SiteProblem tells all findings at once."""
    if not path.exists():
        return ()
    findings = Findings(str(path))
    text = read_text(path, findings)
    found = _waivers(text, findings, checks, today) if text is not None else ()
    if findings.errors:
        what, remedy = told(findings.errors)
        raise SiteProblem(what, remedy)
    return found


def inspect(
    text: str, name: str, checks: Mapping[str, Check], today: date
) -> tuple[tuple[Waived, ...], tuple[Finding, ...]]:
    """Nothing when a finding is an error; an expired waiver is a warning."""
    findings = Findings(name)
    found = _waivers(text, findings, checks, today)
    return (() if findings.errors else found), findings.all


def waive(waivers: Sequence[Waived], check: str, environment: str, verdict: Verdict, today: date) -> Verdict:
    """The verdict as the waivers leave it: only a FAIL changes, and it stays one."""
    if verdict.status is not Status.FAIL:
        return verdict
    found = sorted((one.waiver for one in waivers if one.covers(check, environment)), key=lambda one: one.expires)
    if not found:
        return verdict
    waiver = found[-1]
    if today <= waiver.expires:
        return replace(verdict, because=f"{verdict.because}; {clean(str(waiver))}", waiver=waiver)
    note = f"the waiver of {clean(waiver.owner)} expired on {waiver.expires}"
    return replace(verdict, because=f"{verdict.because}; {note}")


def _waivers(text: str, findings: Findings, checks: Mapping[str, Check], today: date) -> tuple[Waived, ...]:
    if _holds_secret(text, findings):
        return ()
    root = parse(text, findings)
    if findings.errors or root is None or (isinstance(root, Scalar) and root.value is None):
        return ()
    values = WAIVERS.read(root, findings)
    if values is UNSET:
        return ()
    _judge(values, root, findings, checks, today)
    if findings.errors:
        return ()
    return tuple(
        Waived(
            check=one["check"],
            environment=one.get("environment", ""),
            waiver=Waiver(reason=one["reason"].strip(), owner=one["owner"].strip(), expires=one["expires"]),
        )
        for one in values
    )


def _judge(
    values: Iterable[Mapping[str, Any]], root: Node, findings: Findings, checks: Mapping[str, Check], today: date
) -> None:
    seen: dict[tuple[str, str], int] = {}
    for number, one in enumerate(values):
        place = str(number)
        name, environment, expires = one.get("check"), one.get("environment", ""), one.get("expires")
        if name is not None:
            what, remedy = _wrong_check(name, environment, checks)
            if what:
                findings.add(locate(root, [place, "environment" if name in checks else "check"]), what, remedy)
            first = seen.setdefault((name, environment), number)
            if first != number:
                line = locate(root, [str(first)])[0]
                findings.add(locate(root, [place, "check"]), f"waived twice (first in line {line})", "keep one of them")
        if expires is not None:
            _judge_day(expires, locate(root, [place, "expires"]), findings, today)


def _wrong_check(name: str, environment: str, checks: Mapping[str, Check]) -> tuple[str, str]:
    if name not in checks:
        return f"no check is called {shown(name)}", did_you_mean(name, checks) or "see: runbook-tui list checks"
    if environment and not checks[name].per_environment:
        return f"{name} is asked once for all environments", "take environment away"
    return "", ""


def _judge_day(expires: date, place: tuple[int, int], findings: Findings, today: date) -> None:
    latest = today + timedelta(days=LONGEST_DAYS)
    if expires > latest:
        findings.add(
            place, f"{expires} is more than {LONGEST_DAYS} days ahead", f"choose a day until {latest}, and renew it"
        )
    elif expires < today:
        findings.add(
            place,
            f"expired on {expires}: the check fails again",
            "renew it, or take it away",
            severity=Level.WARNING,
        )


def _holds_secret(text: str, findings: Findings) -> bool:
    for number, line in enumerate(text.splitlines(), 1):
        secret = looks_secret(line)
        if secret:
            findings.add((number, secret.start() + 1), "here stands what looks like a secret", "take it out")
    return bool(findings.errors)
