"""A former value of a secret is current again, and the newer one after the undo."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Stage
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.inside import Inside
from tests.support.stepped import stepped

pytestmark = pytest.mark.slow

SECRET = "asharvi/backend/prod"


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with stepped() as simulator:
        yield Inside(simulator)


@pytest.fixture
def acting(inside: Inside, tmp_path: Path) -> Iterator[Acting]:
    walking = Acting(Kit(load_site(inside.simulator.site_path)), tmp_path, one_step("secrets.restore-version"), "prod")
    yield walking
    walking.close()


def current(inside: Inside) -> str:
    stages = inside.client("secretsmanager").describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    found: str = next(version for version, names in stages.items() if "AWSCURRENT" in names)
    return found


def test_a_former_value_is_current_again(acting: Acting, inside: Inside) -> None:
    """The version before the newest becomes current, and the undo brings the newest back; no value is written down."""
    secrets, before = inside.client("secretsmanager"), current(inside)
    value = secrets.get_secret_value(SecretId=SECRET)["SecretString"]
    newer = secrets.put_secret_value(SecretId=SECRET, SecretString=value.replace("a", "b"))["VersionId"]
    wanted = acting.planned()
    assert wanted.questions[0].default == before
    made = acting.made(acting.planned(version=before))
    assert made.stage is Stage.DONE, made.reason
    assert current(inside) == before
    assert acting.undone().stage is Stage.DONE
    assert current(inside) == newer
    written = acting.journal.path.read_text()
    assert '"MONGO_URI":' not in written
    assert "mongodb" not in written
