"""Checks about what the product itself has on disk: reviews, drills, runbooks, the audit log."""

from datetime import timedelta

import pytest
from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.events import Outcome
from runbook_tui.core.records import AuditLog, Book
from runbook_tui.core.site import Dr, Site
from runbook_tui.core.verdict import Cause, Status, Verdict
from tests.support.backend_site import SITE
from tests.support.facts import NOON, FakeReader, denied
from tests.support.past import Kept, Said, drill, run_of, scaling_review

PASS, WARN, FAIL, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN
REVIEW, DRILL, BOOKS, LOG = "maint.scaling-review", "maint.dr-test", "maint.runbooks-documented", "maint.audit-log"
LOAD = {("cloudwatch", "get_metric_data"): {"MetricDataResults": [{"Id": "cpu", "Values": [30.0] * 50 + [45.0] * 7}]}}
SHELF = tuple(Book(id=family, family=family, sha256="a" * 64) for family in ("incident", "scaling", "rollback"))
WHOLE = AuditLog(
    folder="/state", journals=2, entries=9, tip="c" * 64, since=NOON - timedelta(days=5), free_bytes=10**12
)
MB = 1024 * 1024


class Case(Struct, frozen=True, kw_only=True):
    check: str
    status: Status
    kept: Kept = Kept()
    said: Said = Said(days_ago=None)
    says: str
    environment: str = "staging"
    site: Site = SITE

    def __str__(self) -> str:
        return f"{self.check}-{self.status}-{self.says}"


def judged(case: Case) -> Verdict:
    aws = Aws(FakeReader(LOAD), None, lambda: NOON, case.said, records=case.kept)  # type: ignore[arg-type]
    return ask(all_checks()[case.check], aws, case.site, case.environment)


def review(days_ago: float, *, status: Status, says: str, environment: str = "prod") -> Case:
    kept = Kept(runs=(run_of(scaling_review("prod"), days_ago=days_ago),))
    return Case(check=REVIEW, status=status, kept=kept, says=says, environment=environment)


def practised(status: Status, says: str, *runs: object, site: Site = SITE, environment: str = "staging") -> Case:
    kept = Kept(runs=tuple(runs))  # type: ignore[arg-type]
    return Case(check=DRILL, status=status, kept=kept, says=says, environment=environment, site=site)


def documented(status: Status, says: str, said: Said, *, shelf: tuple[Book, ...] = SHELF) -> Case:
    return Case(check=BOOKS, status=status, kept=Kept(shelf=shelf), said=said, says=says)


def logged(status: Status, says: str, said: Said | None = None, **changes: object) -> Case:
    kept = Kept(log=replace(WHOLE, **changes))
    return Case(check=LOG, status=status, kept=kept, said=said or Said(days_ago=None), says=says)


ABORTED = run_of(drill(restored=None, status=None), days_ago=9)
UNSIGNED = run_of(scaling_review(signed=False), days_ago=9)
CASES = [
    review(30, status=PASS, says="29 days ago"),
    review(93, status=PASS, says="92 days ago"),
    review(94, status=WARN, says="93 days ago, allowed 92"),
    review(185, status=WARN, says="184 days ago"),
    review(187, status=FAIL, says="186 days ago, allowed 92"),
    review(1, status=WARN, says="no review of staging's scaling", environment="staging"),
    Case(check=REVIEW, status=WARN, kept=Kept(runs=(UNSIGNED,)), says="no review", environment="prod"),
    practised(PASS, "whole again after 6.0 minutes", run_of(drill(), days_ago=170)),
    practised(PASS, "staging's last drill", run_of(drill(), days_ago=170), environment="prod"),
    practised(WARN, "no outage of staging's database", run_of(drill(injected=Outcome.SKIPPED))),
    practised(WARN, "allowed 180", run_of(drill(), days_ago=190)),
    practised(WARN, "does not tell how long", run_of(drill(took=None))),
    practised(FAIL, "after 16.0 minutes, allowed 15", run_of(drill(took=16))),
    practised(FAIL, "ended FAIL", run_of(drill(status=FAIL))),
    practised(FAIL, "ended UNKNOWN", run_of(drill(status=UNKNOWN))),
    practised(FAIL, "was never put back", ABORTED),
    practised(FAIL, "was never put back", run_of(drill(restored=Outcome.ACCEPTED))),
    practised(PASS, "last drill", ABORTED, run_of(drill(), days_ago=3, name="r-2")),
    practised(FAIL, "ended FAIL", run_of(drill(), days_ago=30), run_of(drill(status=FAIL), days_ago=3, name="r-2")),
    practised(
        WARN,
        "no outage of prod's",
        run_of(drill()),
        site=replace(SITE, dr=Dr(allowed_env="prod")),
        environment="prod",
    ),
    documented(PASS, "reviewed by asha", Said()),
    documented(UNKNOWN, "nobody has attested", Said(days_ago=None)),
    documented(WARN, "181 days ago", Said(days_ago=181, holds_days=300)),
    documented(WARN, "40 days ago", Said(days_ago=40, holds_days=30)),
    documented(WARN, "no runbook for scaling changes", Said(), shelf=(SHELF[0], SHELF[2])),
    documented(WARN, "x cannot be loaded: line 3", Said(), shelf=(*SHELF, Book(id="x", trouble="line 3"))),
    logged(PASS, "9 entries in 2 journals are whole"),
    logged(PASS, "are whole", Said(days_ago=29), since=NOON - timedelta(days=400)),
    logged(PASS, "0 entries", journals=0, entries=0, since=None),
    logged(FAIL, "the chain is broken: r.jsonl: line 2", broken=("r.jsonl: line 2",)),
    logged(WARN, "stated a backup for 31 days", since=NOON - timedelta(days=31, hours=1)),
    logged(WARN, "stated a backup for 31 days", Said(days_ago=31.1), since=NOON - timedelta(days=400)),
    logged(WARN, "/state cannot be written", writable=False),
    logged(WARN, "99 MB are free", free_bytes=99 * MB),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_on_the_past(case: Case) -> None:
    """With this past the check gives this verdict, says why, and what to do when it is not well."""
    verdict = judged(case)
    assert verdict.status == case.status, verdict
    assert case.says in verdict.because
    assert bool(verdict.remedy) == (case.status is not PASS)


@pytest.mark.parametrize("check", [REVIEW, DRILL, BOOKS, LOG])
def test_without_a_state_folder_nothing_is_known(check: str) -> None:
    """A process that has no state folder cannot say that anything was done."""
    aws = Aws(FakeReader(LOAD), None, lambda: NOON)  # type: ignore[arg-type]
    verdict = ask(all_checks()[check], aws, SITE, "staging")
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.UNDECIDED)
    assert "state folder" in verdict.because


def test_a_review_tells_who_decided_what_and_how_the_load_moved() -> None:
    """Evidence names the reviewer, the decision and the load of the period."""
    evidence = judged(CASES[0]).evidence
    assert "asha" in evidence["reviewer"]
    assert evidence["decisions"] == ["proposals: keep", "sign: sign"]
    assert evidence["cpu_percent"] == "30 in the first week, 45 in the last"


def test_a_review_whose_load_cannot_be_read_is_undecided() -> None:
    """When CloudWatch is denied, a review that was done is no pass."""
    reader = FakeReader({("cloudwatch", "get_metric_data"): denied("cloudwatch", "get_metric_data")})
    aws = Aws(reader, None, lambda: NOON, records=CASES[0].kept)  # type: ignore[arg-type]
    verdict = ask(all_checks()[REVIEW], aws, SITE, "prod")
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.DENIED)
    assert reader.actions == set(all_checks()[REVIEW].needs)


def test_a_damaged_journal_hides_no_drill() -> None:
    """What a damaged journal holds may be a cut that was never put back: no verdict is given over it."""
    case = practised(UNKNOWN, "", run_of(drill()))
    verdict = judged(replace(case, kept=replace(case.kept, damaged=("r.jsonl: line 2",))))
    assert verdict.status is UNKNOWN
    assert "r.jsonl" in verdict.because


def test_an_operator_may_state_that_a_cut_was_put_back() -> None:
    """A statement newer than the drill closes it; an older one does not."""
    case = practised(FAIL, "", ABORTED)
    assert judged(replace(case, said=Said(days_ago=1))).status is FAIL  # it ended badly, whatever was put back
    assert "put back" not in judged(replace(case, said=Said(days_ago=1))).because
    assert "never put back" in judged(replace(case, said=Said(days_ago=30))).because


def test_a_review_of_the_runbooks_is_marked_as_a_statement() -> None:
    """PASS of the runbooks rests on an operator's word, and says so."""
    assert judged(documented(PASS, "", Said())).attested
