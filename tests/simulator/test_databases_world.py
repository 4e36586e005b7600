"""Both databases of the guide in simulated worlds: a migration under way, and the simulated Atlas."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from runbook_tui.atlas.client import AtlasClient
from runbook_tui.atlas.keys import SIMULATED, ServiceAccount
from runbook_tui.atlas.project import AtlasProject
from runbook_tui.aws import errors
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.atlas_state import CLUSTER, PROJECT, AtlasState
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.atlas_schema import CLUSTER as CLUSTER_SCHEMA
from tests.support.atlas_schema import ERROR, RESOURCES, wrong_with
from tests.support.standing import Standing, name_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PATHS = (
    f"clusters/{CLUSTER}",
    f"clusters/{CLUSTER}/backup/schedule",
    f"clusters/{CLUSTER}/backup/snapshots",
    f"clusters/{CLUSTER}/backup/restoreJobs",
    "accessList",
    "alertConfigs",
)


@pytest.fixture(scope="module")
def migrating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    with Simulator(scenario="migrating", clock=Clock(speed=0)) as simulator:
        yield Standing(simulator, tmp_path_factory.mktemp("state"))


ROWS = ("db.*", "atlas.*", "dynamo.*", "iam.task-role.db", "sg.ecs.egress-db", "secret.keys")


def of_databases(world: Standing, **db: Any) -> dict[str, Status]:
    """Verdicts where the site's ``db`` section says this."""
    kit = Kit(replace(world.site, db=replace(world.site.db, **db)))
    kit.clock = kit.checks._clock = world.operators_clock  # type: ignore[assignment]
    jobs = kit.jobs(tuple(world.site.environments), ROWS)
    return {name_of(job): kit.checks.run(job.check, job.environment).status for job in jobs}


def project(world: Standing, keys: ServiceAccount = SIMULATED, group: str = PROJECT) -> AtlasProject:
    return AtlasProject(AtlasClient(str(world.site.aws.endpoint_url), keys, sleep=lambda _: None), group)


def test_during_a_migration_both_databases_pass(migrating: Standing) -> None:
    """Every row of either, but for the way to Atlas that the site does not use."""
    found = of_databases(migrating)
    assert {name for name, status in found.items() if status is not Status.PASS} == {"atlas.connectivity.privatelink"}
    assert {name.partition(".")[0] for name in found} >= {"db", "atlas", "dynamo"}


def test_once_the_migration_is_closed_what_is_left_of_mongodb_shows(migrating: Standing) -> None:
    """Atlas's rows are skipped; its key in secret and tasks, and its open port, are warnings."""
    found = of_databases(migrating, kind="dynamodb", migrating=False)
    atlas = {status for name, status in found.items() if name.startswith("atlas.")}
    assert atlas == {Status.SKIP}
    assert {name for name, status in found.items() if status is Status.WARN} == {
        "db.choice",
        "dynamo.secret-keys@prod",
        "dynamo.secret-keys@staging",
        "secret.keys@prod",
        "secret.keys@staging",
        "sg.ecs.egress-db",
    }
    assert Status.FAIL not in found.values()


def test_without_the_api_people_are_asked(migrating: Standing) -> None:
    """What Atlas would have told is undecided until somebody states it."""
    api_off = replace(migrating.site.db.atlas, api="off")
    found = of_databases(migrating, atlas=api_off)
    undecided = {name for name, status in found.items() if status is Status.UNKNOWN}
    assert undecided == {"atlas.access-list", "atlas.alerts", "atlas.backup", "atlas.region"}


@pytest.mark.parametrize("path", PATHS)
def test_simulated_answers_are_those_that_atlas_describes(migrating: Standing, path: str) -> None:
    """Members, types and formats, in the version that has the resource."""
    end = path.rpartition("/")[2]
    version, schema = RESOURCES["main" if end == CLUSTER else end]
    assert wrong_with(schema, project(migrating).read(path, version)) == []
    assert CLUSTER_SCHEMA["required"] == []


def test_what_the_simulated_atlas_refuses(migrating: Standing) -> None:
    """A wrong account, another project, another cluster, a version that is too old, anything that is no read."""
    wrong = ServiceAccount(client_id="x", client_secret="y")
    with pytest.raises(errors.Denied):
        project(migrating, wrong).read("accessList", "2023-01-01")
    with pytest.raises(errors.Missing, match="project"):
        project(migrating, group="b" * 24).read("accessList", "2023-01-01")
    with pytest.raises(errors.Missing, match="cluster other"):
        project(migrating).read("clusters/other", "2024-08-05")
    with pytest.raises(errors.Unsupported):
        project(migrating).read(f"clusters/{CLUSTER}", "2023-01-01")
    url = f"{migrating.site.aws.endpoint_url}/api/atlas/v2/groups/{PROJECT}/accessList"
    answer = httpx.get(url, trust_env=False)
    assert (answer.status_code, wrong_with(ERROR, answer.json())) == (401, [])


def test_snapshots_follow_the_world_s_time(migrating: Standing) -> None:
    """One a day; a stalled backup ages."""
    state = migrating.world.store(AtlasState)
    now = migrating.world.clock.now()
    fresh = state.snapshots(now)[0]["createdAt"]
    assert len(json.dumps(fresh)) == 22
    assert state.schedule(now)["nextSnapshot"] > fresh


def test_the_site_file_of_a_scenario_says_what_is_its_own(migrating: Standing) -> None:
    """Tables and keys of the migration stand in it, beside what every simulated site has."""
    assert migrating.site.db.migrating
    assert [table.name for table in migrating.site.db.dynamodb.tables] == [
        "asharvi-users-staging",
        "asharvi-users-prod",
    ]
    assert "DYNAMO_TABLE_USERS" in migrating.site.secrets.required_keys
    assert migrating.site.db.atlas.api == "on"
