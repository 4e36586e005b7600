"""The application that the simulated tasks run: a readiness route and a smoke route."""

import json
from typing import Any

from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.world import World


def application(world: World, service: Any, path: str) -> tuple[int, bytes]:
    """Status and JSON. The smoke route stays good when only the readiness is not: they ask different things."""
    if path == SITE.app.ready_path:
        status = world.ready_status.get(service.name, 200)
        return status, _json({"status": "ready" if status == 200 else "unavailable"})
    if path == SITE.app.smoke_path:
        definition = world.backend("ecs").describe_task_definition(service.task_definition)
        container = definition.container_definitions[0]
        environment = next((tag["value"] for tag in service.tags if tag["key"] == "Environment"), "")
        version = container["image"].rpartition(":")[2]
        return 200, _json({"status": "ok", "environment": environment, "version": version})
    return 404, _json({"status": "not found"})


def _json(answer: dict[str, str]) -> bytes:
    return json.dumps(answer).encode()
