"""The site file of a simulated installation."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from runbook_tui.simulator.atlas_state import CLUSTER, PROJECT
from runbook_tui.simulator.names import ENVIRONMENTS, SITE, SITE_NAME, ZONE
from runbook_tui.simulator.world import ACCOUNT, REGION, World

FILE_NAME = "runbook-tui.yaml"


def write_site(world: World, folder: Path, endpoint_url: str, more: Mapping[str, Any]) -> Path:
    today = world.began.date()
    return write_site_of(folder, endpoint_url, account=world.account, region=world.region, today=today, more=more)


def write_site_of(
    folder: Path,
    endpoint_url: str,
    *,
    account: str = ACCOUNT,
    region: str = REGION,
    today: date | None = None,
    more: Mapping[str, Any],
) -> Path:
    """For its owner alone (0600). Everything that is not said is the guide's. A file that says it already stays:
    who starts the simulator may have written it, and somebody may be reading it. ``more`` is the scenario's own."""
    tested = _tested(today or datetime.now(UTC).date()).isoformat()
    site: dict[str, Any] = {
        "site": {"name": SITE_NAME},
        "mode": "simulator",
        "aws": {"account_id": account, "region": region, "endpoint_url": endpoint_url},
        "operator": {"name": "on-call"},
        "domain": {"zone": ZONE},
        "environments": {
            name: {"host": environment.host, "load_test_date": tested} for name, environment in ENVIRONMENTS.items()
        },
        "iam": {"roles_per_env": SITE.iam.roles_per_env},
        "net": {"nat_per_az": SITE.net.nat_per_az},
        "alb": {"waf": SITE.alb.waf},
        "cicd": {"github_repo": SITE.cicd.github_repo},
        "cost": {
            "allow_paid_calls": SITE.cost.allow_paid_calls,
            "baseline_monthly": SITE.cost.baseline_monthly,
            "budget_name": SITE.cost.budget_name,
        },
        "db": {"atlas": {"project_id": PROJECT, "cluster": CLUSTER, "api": "on"}},
        # made-up secrets may be read
        "secrets": {"allow_value_read": True},
        # practice is changing things
        "read_only": False,
    }
    for section, keys in more.items():
        site[section] = {**site.get(section, {}), **keys}
    path = folder / FILE_NAME
    text = yaml.safe_dump(site, sort_keys=False, allow_unicode=True)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return path
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _tested(today: date) -> date:
    """The first of the month before: recent, and the same whoever writes the file on whichever day of a month."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
