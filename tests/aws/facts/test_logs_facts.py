"""Facts of log groups: the exact name among those that begin with it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.logs import LogsFacts
from tests.support.backend_site import PROD
from tests.support.facts import answers
from tests.support.mutation import mutated
from tests.support.raw_elb import log_group

NAME = PROD.log_group
GROUPS = {"logGroups": [log_group(logGroupName=f"{NAME}-2", retentionInDays=1), log_group()]}


def logs(answer: object) -> LogsFacts:
    return LogsFacts(answers({("logs", "describe_log_groups"): answer}))  # type: ignore[dict-item]


def test_the_exact_name_is_found_among_its_neighbours() -> None:
    """AWS answers every group whose name begins so: a neighbour's retention is not ours."""
    assert logs(GROUPS).group(NAME).retention_in_days == 30


def test_absent_group() -> None:
    """Asked for politely it is None, demanded it is Missing."""
    facts = logs({"logGroups": [log_group(logGroupName=f"{NAME}-2")]})
    assert facts.find(NAME) is None
    with pytest.raises(Missing) as missing:
        facts.group(NAME)
    assert (missing.value.kind, missing.value.name) == ("logs:log-group", NAME)


def test_a_group_that_keeps_everything_has_no_number() -> None:
    """AWS leaves retentionInDays out: that is for ever, not 0 days."""
    raw = log_group()
    del raw["retentionInDays"]
    assert logs({"logGroups": [raw]}).group(NAME).retention_in_days is None


@given(st.data())
def test_no_shape_breaks_a_reading(data: st.DataObject) -> None:
    """An answer that was cut, emptied or changed in any place is read or refused, never a crash."""
    with suppress(Malformed, Missing):
        logs(data.draw(mutated(GROUPS))).group(NAME)
