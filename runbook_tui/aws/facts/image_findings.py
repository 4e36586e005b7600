"""What scans have found in an image, basic or enhanced: two forms of answer, one reading. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import LowerFact, parse

DONE: Final = ("COMPLETE", "ACTIVE")
SEVERITIES: Final = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED", "UNTRIAGED")


class Finding(Struct, frozen=True, kw_only=True):
    """``name`` is mostly a CVE's id."""

    name: str
    severity: str


class Findings(Struct, frozen=True, kw_only=True):
    """``counts`` by severity. ``worst`` begins with the worst."""

    status: str
    description: str
    counts: Mapping[str, int]
    worst: tuple[Finding, ...]

    def at_least(self, severity: str) -> int:
        """How many there are of this severity and of graver ones."""
        graver = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return sum(self.counts.get(one, 0) for one in graver)


class _Status(LowerFact, frozen=True, kw_only=True):
    status: str
    description: str = ""


class _Found(LowerFact, frozen=True, kw_only=True):
    name: str = ""
    severity: str = ""


class _Vulnerability(LowerFact, frozen=True, kw_only=True):
    vulnerability_id: str = ""


class _Enhanced(LowerFact, frozen=True, kw_only=True):
    severity: str = ""
    package_vulnerability_details: _Vulnerability = _Vulnerability()


class _Findings(LowerFact, frozen=True, kw_only=True):
    finding_severity_counts: Mapping[str, int] = {}
    findings: tuple[_Found, ...] = ()
    enhanced_findings: tuple[_Enhanced, ...] = ()


def read_findings(answer: Mapping[str, Any]) -> Findings:
    """Of an answer of ``describe_image_scan_findings``; without findings it has none to count."""
    status = parse(answer.get("imageScanStatus"), _Status)
    if status.status in DONE and "imageScanFindings" not in answer:
        raise Malformed("ECR told of a scan without its findings", remedy="re-check")
    found = parse(answer.get("imageScanFindings", {}), _Findings)
    both = [Finding(name=one.name, severity=one.severity) for one in found.findings]
    both += [
        Finding(name=one.package_vulnerability_details.vulnerability_id, severity=one.severity)
        for one in found.enhanced_findings
    ]
    return Findings(
        status=status.status,
        description=status.description,
        counts=found.finding_severity_counts,
        worst=tuple(sorted(both, key=_gravity)),
    )


def _gravity(one: Finding) -> tuple[int, str]:
    known = one.severity in SEVERITIES
    return (SEVERITIES.index(one.severity) if known else len(SEVERITIES), one.name)
