"""What the checks of the database say when an answer is broken: DynamoDB, Atlas and its API, and PrivateLink."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Cause, Status
from tests.support.atlas_raw import atlas
from tests.support.database import ATLAS_SITE, MIGRATING, DbCase, atlas_site, db_ground, judge
from tests.support.facts import with_answer
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated

CHECKS = sorted(name for name in all_checks() if name.startswith(("db.", "atlas.", "dynamo.")))
RELAXED = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("check", CHECKS)
@RELAXED
@given(data=st.data())
def test_no_broken_answer_of_aws_is_a_defect(check: str, data: st.DataObject) -> None:
    """The check decides, or says what it cannot read."""
    site = atlas_site("privatelink", base=MIGRATING) if check.endswith("privatelink") else MIGRATING
    asked = judge(DbCase(check=check, status=Status.PASS, given=db_ground(), site=site, atlas=atlas()))[1].asked
    for service, operation in sorted({(service, operation) for service, operation, _ in asked}):
        whole = db_ground()[service, operation]
        assert not isinstance(whole, Exception)

        def broken(whole: Any = whole, **parameters: Any) -> Mapping[str, Any]:
            answer: Mapping[str, Any] = data.draw(mutated(whole(**parameters) if callable(whole) else whole))
            return answer

        given_ = with_answer(db_ground(), service, operation, broken)
        with in_turn():
            verdict, _ = judge(DbCase(check=check, status=Status.PASS, given=given_, site=site, atlas=atlas()))
        assert verdict.cause is not Cause.ERROR, verdict.because


@pytest.mark.parametrize("check", ["atlas.access-list", "atlas.alerts", "atlas.backup", "atlas.region"])
@RELAXED
@given(data=st.data())
def test_no_broken_answer_of_atlas_is_a_defect(check: str, data: st.DataObject) -> None:
    """Neither is one of Atlas's."""
    broken = {path: data.draw(mutated(answer)) for path, answer in atlas().items()}
    with in_turn():
        one = DbCase(check=check, status=Status.PASS, given=db_ground(), site=ATLAS_SITE, atlas=broken)
        verdict, _ = judge(one)
    assert verdict.cause is not Cause.ERROR, verdict.because
