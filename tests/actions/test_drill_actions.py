"""Ways to cut the database off: each marks what it changes, cuts, and is taken back to the same state."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.aws.facts.leftovers import MARKER
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.change_commands import Restore
from runbook_tui.core.site import Dynamodb, Site, Table
from runbook_tui.core.temporary import standing
from runbook_tui.core.verdict import Status
from runbook_tui.simulator import faults
from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.borders import look as network
from tests.support.experiments import template, tick
from tests.support.stepped import CLUSTER, PROD, advance, client, connected, stepped

pytestmark = pytest.mark.slow

STAGING = "asharvi-backend-staging"
ROLE = SITE.iam.task_role_of("staging")
SECRET = ENVIRONMENTS["staging"].secret_name


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


def site_of(simulator: Simulator, **dr: Any) -> Site:
    site = load_site(simulator.site_path)
    return replace(site, dr=replace(site.dr, **dr))


class Drill:
    def __init__(self, site: Site, folder: Path, environment: str, action: str = "drill.cut-database") -> None:
        self.kit = Kit(site, state_dir=folder / "state")
        self.acting = Acting(self.kit, folder, one_step(action), environment, f"{environment}-{site.dr.allowed_env}")

    def planned(self, **inputs: str) -> Change:
        return self.acting.planned(**inputs)

    def cut(self, **inputs: str) -> Change:
        made = self.acting.made(self.planned(**inputs))
        assert made.stage is Stage.DONE, (made.reason, made.calls)
        return made

    def restored(self) -> None:
        """Nobody confirms the way back."""
        assert self.acting.do(Restore(reason="enough")) is None
        assert self.acting.until(lambda state: standing(state) is None), self.acting.change
        assert self.leftovers() is Status.PASS

    def leftovers(self) -> Status:
        self.kit.checks.begin_sweep()
        return self.kit.checks.run("maint.dr-leftovers", "").status

    def close(self) -> None:
        self.acting.close()


@pytest.fixture
def prod(simulator: Simulator, tmp_path: Path) -> Iterator[Drill]:
    drill = Drill(site_of(simulator, allowed_env="prod"), tmp_path, "prod")
    yield drill
    drill.close()


@pytest.fixture
def staging(simulator: Simulator, tmp_path: Path) -> Iterator[Drill]:
    drill = Drill(site_of(simulator), tmp_path, "staging")
    yield drill
    drill.close()


@pytest.mark.parametrize(("method", "cuts"), [("nacl", True), ("route", True), ("sg", False)])
def test_the_network_is_cut_and_whole_again(simulator: Simulator, prod: Drill, method: str, *, cuts: bool) -> None:
    """Staging is warned of; a group lets open connections live on; nothing stays behind."""
    ec2 = client(simulator, "ec2")
    before = network(ec2)
    made = prod.cut(method=method)
    assert made.plan is not None
    assert any("staging too" in one for one in made.plan.warnings), made.plan.warnings
    assert made.confirmation.approver
    assert list(connected(simulator.world).values()) == [not cuts] * 2
    assert prod.leftovers() is Status.FAIL
    refused = prod.planned(method=method)
    assert "a drill has left" in refused.reason
    prod.restored()
    assert network(ec2) == before
    assert list(connected(simulator.world).values()) == [True, True]
    advance(simulator.world, 300)


def test_an_experiment_is_preferred_and_stopped(simulator: Simulator, prod: Drill) -> None:
    """Where a template for the environment exists; one that lasts too long is refused."""
    fis = client(simulator, "fis")
    long = template(simulator, duration="PT1H")
    assert prod.planned().questions[0].default == "fis"
    assert "60 minutes" in prod.planned(method="fis").reason
    fis.delete_experiment_template(id=long)
    name = template(simulator)
    change = prod.planned(method="fis")
    tick(simulator)
    made = prod.acting.made(change)
    assert made.stage is Stage.DONE, made.reason
    assert list(connected(simulator.world).values()) == [False, False]
    prod.restored()
    simulator.world.rules.clear()
    assert list(connected(simulator.world).values()) == [True, True]
    fis.delete_experiment_template(id=name)
    advance(simulator.world, 300)


def test_a_secret_leads_nowhere_in_staging_alone(simulator: Simulator, staging: Drill, prod: Drill) -> None:
    """New tasks fail, old ones serve on; afterwards the former version is current, and the tasks are new ones."""
    secrets = client(simulator, "secretsmanager")
    before = secrets.get_secret_value(SecretId=SECRET)
    assert staging.planned().questions[0].default == "secret"
    staging.cut(method="secret")
    now = json.loads(secrets.get_secret_value(SecretId=SECRET)["SecretString"])
    assert now == {**json.loads(before["SecretString"]), "MONGO_URI": now["MONGO_URI"]}
    assert "192.0.2.1" in now["MONGO_URI"]
    advance(simulator.world, 120)
    assert sorted(connected(simulator.world, STAGING).values())[-2:] == [True, True]
    assert staging.leftovers() is Status.FAIL
    staging.restored()
    assert secrets.get_secret_value(SecretId=SECRET)["VersionId"] == before["VersionId"]
    assert MARKER not in {one["Key"] for one in secrets.describe_secret(SecretId=SECRET)["Tags"]}
    advance(simulator.world, 900)
    assert list(connected(simulator.world, STAGING).values()) == [True, True]
    assert "no secret" in prod.planned(method="secret").reason


def test_what_serves_production_too_is_left_alone(simulator: Simulator, staging: Drill) -> None:
    """A drill of staging takes neither its subnets nor its routes nor its group from production."""
    for method in ("nacl", "route", "sg"):
        refused = staging.planned(method=method)
        assert refused.stage is Stage.REFUSED
        assert "serve prod too" in refused.reason, refused.reason
    assert "PrivateLink" in staging.planned(method="privatelink").reason
    assert "template" in staging.planned(method="fis").reason


def test_no_outage_where_one_is_or_nobody_agreed(simulator: Simulator, prod: Drill, tmp_path: Path) -> None:
    """Production without the site's word, an alarm that rings already, a service that is not healthy."""
    unasked = Drill(site_of(simulator), tmp_path, "prod")
    assert "does not allow" in unasked.planned(method="nacl").reason
    unasked.close()
    cloudwatch = client(simulator, "cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=f"{PROD}-5xx", StateValue="ALARM", StateReason="practice")
    assert "in ALARM already" in prod.planned(method="nacl").reason
    cloudwatch.set_alarm_state(AlarmName=f"{PROD}-5xx", StateValue="OK", StateReason="practice")
    faults.set_fault(simulator.world, "sg-port-closed")
    advance(simulator.world, 120)
    assert "not healthy" in prod.planned(method="nacl").reason
    faults.clear_fault(simulator.world, "sg-port-closed")
    advance(simulator.world, 600)
    ecs = client(simulator, "ecs")
    ecs.update_service(cluster=CLUSTER, service=PROD, forceNewDeployment=True)
    assert "deployment" in prod.planned(method="nacl").reason
    advance(simulator.world, 900)


def test_a_role_is_denied_its_tables(simulator: Simulator, tmp_path: Path) -> None:
    """By an inline policy of its own, which goes again."""
    site = site_of(simulator)
    named = Dynamodb(tables=(Table(name="asharvi-users-staging", pk="id"),))
    site = replace(site, db=replace(site.db, migrating=True, dynamodb=named))
    drill = Drill(site, tmp_path, "staging", "drill.deny-tables")
    iam = client(simulator, "iam")
    before = policies(iam)
    drill.cut()
    (name,) = policies(iam).keys() - before.keys()
    assert policies(iam)[name]["Statement"][0]["Effect"] == "Deny"
    assert drill.leftovers() is Status.FAIL
    drill.restored()
    assert policies(iam) == before
    drill.close()


def policies(iam: Any) -> Mapping[str, Any]:
    names = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    return {one: iam.get_role_policy(RoleName=ROLE, PolicyName=one)["PolicyDocument"] for one in names}
