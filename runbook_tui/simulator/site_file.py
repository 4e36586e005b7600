"""The site file of a simulated installation."""

import os
from pathlib import Path
from typing import Any

import yaml

from runbook_tui.simulator.names import ENVIRONMENTS, SITE_NAME, ZONE
from runbook_tui.simulator.world import World

FILE_NAME = "runbook-tui.yaml"


def write_site(world: World, folder: Path, endpoint_url: str) -> Path:
    """For its owner alone (0600). Everything that is not said is the guide's."""
    site: dict[str, Any] = {
        "site": {"name": SITE_NAME},
        "mode": "simulator",
        "aws": {"account_id": world.account, "region": world.region, "endpoint_url": endpoint_url},
        "operator": {"name": "on-call"},
        "domain": {"zone": ZONE},
        "environments": {name: {"host": environment.host} for name, environment in ENVIRONMENTS.items()},
        # made-up secrets may be read
        "secrets": {"allow_value_read": True},
    }
    path = folder / FILE_NAME
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        yaml.safe_dump(site, file, sort_keys=False, allow_unicode=True)
    return path
