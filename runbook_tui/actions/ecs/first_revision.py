"""The first revision of an environment's task definition, from what the site says (guide 5.2)."""

from typing import Any

from runbook_tui.actions.ecs import container_parts as parts
from runbook_tui.actions.ecs.definitions import registering
from runbook_tui.actions.ecs.images import asked, newest, reference, tagged
from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("ecs.register-task-definition", guide="5.2", fixes=("ecs.taskdef.active",))
def register_task_definition(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The environment's task definition has a revision: image, roles, secrets, logs, health check and size."""
    there = aws.ecs.active_revisions(env.task_family)
    definition = None if there else _definition(aws, site, env, inputs)
    label = str(there[0]) if there else env.task_family
    calls = (registering(definition, f"the first revision of {label}"),) if definition else ()
    return Plan(
        action="ecs.register-task-definition",
        title=f"Register {env.task_family}",
        environment=env.name,
        resource=env.task_family,
        effect=f"{label} is there already." if there else "Nothing runs by it yet: the service will.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=_differences(definition) if definition else (),
        warnings=(f"the container runs as `{parts.USER}`: the image must have this user, as Node.js's own do",)
        if calls
        else (),
        permissions=needed(calls),
    )


def _definition(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> dict[str, Any]:
    images = newest(aws, env)
    question = asked(images, f"Which image is the first of {env.name}?")
    (tag,) = inputs.take(question) if len(images) > 1 else (question.default,)  # one image is no choice
    image = reference(aws, env, tagged(images, tag), tag)
    return {
        "family": env.task_family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": str(env.cpu),
        "memory": str(env.memory),
        **parts.roles(aws, site, env),
        "runtimePlatform": {"cpuArchitecture": parts.architecture(aws, image), "operatingSystemFamily": "LINUX"},
        "containerDefinitions": [_container(aws, site, env, image)],
        "tags": listed(tags_of(site, env), key="key", value="value"),
    }


def _container(aws: Aws, site: Site, env: Environment, image: str) -> dict[str, Any]:
    return {
        "name": env.container,
        "image": image,
        "essential": True,
        "memory": env.memory,
        "user": parts.USER,
        "linuxParameters": {"initProcessEnabled": True},
        "portMappings": [parts.port_mapping(site)],
        "environment": [
            {"name": "NODE_ENV", "value": "production"},
            {"name": "PORT", "value": str(site.app.port)},
        ],
        "secrets": parts.injected(aws, site, env),
        "healthCheck": parts.health_check(site),
        "logConfiguration": parts.log_configuration(aws, site, env),
    }


def _differences(definition: dict[str, Any]) -> tuple[Difference, ...]:
    (container,) = definition["containerDefinitions"]
    shown = {
        "image": container["image"],
        "CPU units": definition["cpu"],
        "MiB": definition["memory"],
        "architecture": definition["runtimePlatform"]["cpuArchitecture"],
        "task role": definition["taskRoleArn"],
        "execution role": definition["executionRoleArn"],
        "secrets": ", ".join(one["name"] for one in container["secrets"]),
        "logs": container["logConfiguration"]["options"]["awslogs-group"],
        "port": str(container["portMappings"][0]["containerPort"]),
        "user": container["user"],
    }
    return tuple(Difference(what=what, before="", after=after) for what, after in shown.items())
