"""Guide, section 3: one secret an environment."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from runbook_tui.core.site import Environment
from runbook_tui.simulator.names import ENVIRONMENTS, ZONE, tags_of
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

_ROTATED = timedelta(days=40)


def seed(world: World, keys: Sequence[str]) -> Mapping[str, str]:
    """The ARNs of the secrets by environment; each holds these keys. Their values are older than what uses them."""
    with world.clock.during(world.began - _ROTATED):
        return {name: _secret(world, environment, keys) for name, environment in ENVIRONMENTS.items()}


def _secret(world: World, environment: Environment, keys: Sequence[str]) -> str:
    known = values(environment)
    answer = world.call(
        "secretsmanager",
        "CreateSecret",
        Name=environment.secret_name,
        Description=f"Settings of the {environment.name} backend",
        SecretString=json.dumps({key: known[key] for key in keys}),
        Tags=listed(tags_of(environment)),
    )
    return str(answer["ARN"])


def values(environment: Environment) -> dict[str, str]:
    """Made up: they open nothing."""
    prefix = "" if environment.is_prod else f"{environment.name}."
    cluster = f"{environment.name}-cluster.mongodb.{ZONE}"
    options = "retryWrites=true&serverSelectionTimeoutMS=30000"
    return {
        "MONGO_URI": f"mongodb+srv://backend:simulated-{environment.name}@{cluster}/asharvi?{options}",
        "JWT_SECRET": f"simulated-{environment.name}-signing-key-of-48-characters-or-so",
        "SMTP_USER": f"mailer@{prefix}{ZONE}",
        "SMTP_PASS": f"simulated-{environment.name}-mail",
        "CORS_ORIGIN": f"https://{prefix}{ZONE}",
        "DYNAMO_TABLE_USERS": f"asharvi-users-{environment.name}",
    }
