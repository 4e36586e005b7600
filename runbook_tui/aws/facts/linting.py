"""What IAM Access Analyzer says of a policy's text."""

from collections.abc import Sequence

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import LowerFact, parse, parse_all
from runbook_tui.aws.facts.listing import listed

IDENTITY = "IDENTITY_POLICY"


class _Part(LowerFact, frozen=True, kw_only=True):
    index: int | None = None


class _Location(LowerFact, frozen=True, kw_only=True):
    path: tuple[_Part, ...] = ()


class Finding(LowerFact, frozen=True, kw_only=True):
    """``finding_type`` is ERROR, SECURITY_WARNING, WARNING or SUGGESTION."""

    finding_type: str
    issue_code: str
    finding_details: str = ""
    locations: tuple[_Location, ...] = ()

    @property
    def label(self) -> str:
        """``INVALID_ACTION in statement 2``."""
        parts = [part.index for place in self.locations[:1] for part in place.path if part.index is not None]
        return f"{self.issue_code} in statement {parts[0]}" if parts else self.issue_code


class Refusal(LowerFact, frozen=True, kw_only=True):
    """Why a policy grants what it must not."""

    statement_index: int | None = None
    description: str = ""

    @property
    def where(self) -> str:
        return f"statement {self.statement_index}" if self.statement_index is not None else self.description


class _Granted(LowerFact, frozen=True, kw_only=True):
    result: str


class LintingFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def findings(self, text: str) -> tuple[Finding, ...]:
        answer = self._reader.read("accessanalyzer", "validate_policy", policyDocument=text, policyType=IDENTITY)
        return listed(answer, "findings", Finding)

    def grants(self, text: str, actions: Sequence[str], resources: Sequence[str]) -> tuple[Refusal, ...]:
        """Empty when it grants none of them; each call is charged for."""
        access = [{"actions": list(actions), **({"resources": list(resources)} if resources else {})}]
        answer = self._reader.read(
            "accessanalyzer", "check_access_not_granted", policyDocument=text, access=access, policyType=IDENTITY
        )
        result = parse(answer, _Granted).result
        if result not in ("PASS", "FAIL"):
            raise Malformed(f"Access Analyzer answered {result}", remedy="update runbook-tui")
        if result == "PASS":
            return ()
        return parse_all(answer, "reasons", Refusal) or (Refusal(description="no reason told"),)
