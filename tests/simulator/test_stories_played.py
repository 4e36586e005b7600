"""Every scenario runs to its end on the stepped clock, and ends in the state that it tells."""

from typing import Any

import jmespath  # type: ignore[import-untyped]
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from runbook_tui.simulator.course import Course
from runbook_tui.simulator.scenarios import tales
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.story import Tale, Truth
from tests.support.no_outside import guarded
from tests.support.stepped import advance, client, stepped

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]

TALES = {tale.name: tale for tale in tales()}
STEP = 150.0  # seconds: what happens must not hang on who looks when


def _found(simulator: Simulator, truth: Truth) -> Any:
    """What the query finds in the stock client's answer, or the code of its error."""
    asked = client(simulator, truth.call.service)
    try:
        answer = getattr(asked, xform_name(truth.call.operation))(**truth.call.parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    finally:
        asked.close()
    return jmespath.search(truth.query, answer)


@pytest.mark.parametrize("tale", TALES.values(), ids=TALES)
def test_a_story_ends_as_it_tells(tale: Tale) -> None:
    """Step by step, without a plan that fails and without a word to the outside."""
    with guarded() as tried, stepped(tale.name) as simulator:
        passed = 0.0
        while passed < tale.ends_at:
            step = min(STEP, tale.ends_at - passed)
            advance(simulator.world, step)
            passed += step
        assert simulator.world.store(Course).troubles == []
        assert simulator.world.store(Course).planned == {}
        found = {truth.says: _found(simulator, truth) for truth in tale.truths}
    assert found == {truth.says: truth.error or truth.equals for truth in tale.truths}
    assert tried == []


def test_a_story_that_cannot_go_on_says_so_and_spoils_no_request() -> None:
    """What was planned for a world that has nothing to break is noted, and the next request is answered."""
    with stepped("empty", "bad-image@1m") as simulator:
        advance(simulator.world, 61)
        ecs = client(simulator, "ecs")
        assert ecs.list_clusters()["clusterArns"] == []
        ecs.close()
        (trouble,) = simulator.world.store(Course).troubles
    assert trouble.startswith("bad-image@1m: this world has nothing that bad-image could break")
