"""A secret that leads nowhere: it shows how a task starts without its database, and hits one service alone."""

from typing import Any, Final

from runbook_tui.actions.drill.cut import Cut
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.leftovers import MARKER
from runbook_tui.aws.facts.secrets import CURRENT
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.plan import ApiCall, Difference, Reading, Ready, found, merged
from runbook_tui.core.site import Environment, Site

KEY: Final = "MONGO_URI"
# 192.0.2.0/24 is kept for examples (RFC 5737): nobody answers there.
NOBODY: Final = "mongodb://192.0.2.1:27017/drill?serverSelectionTimeoutMS=5000"


def break_secret(aws: Aws, site: Site, env: Environment) -> Cut:
    if env.is_prod:
        raise CannotPlan("production gets no secret that leads nowhere", "choose another way")
    secret = aws.secrets.secret(env.secret_name)
    versions = secret.versions_at(CURRENT)
    if secret.deleted_date is not None or len(versions) != 1:
        raise CannotPlan(f"{env.secret_name} has no current version", "restore the secret first")
    name = secret.name
    return Cut(
        resource=name,
        effect="New tasks start without a database and fail; the old ones serve on with the value they started with.",
        calls=(
            _marked(name, env),
            _put(site, env, name, versions[0]),
            _restart(site, env, "new tasks read the secret"),
        ),
        differences=(
            Difference(what=f"{KEY} of {name}", before=f"as in version {versions[0]}", after="a host without answer"),
            Difference(what=f"tasks of {env.service}", before="as they are", after="new ones that fail"),
        ),
    )


def _secrets(call_id: str, operation: str, effect: str, *undo: ApiCall, **more: Any) -> ApiCall:
    options = {name: more.pop(name) for name in ("gone", "ready") if name in more}
    return ApiCall(
        id=call_id,
        service="secretsmanager",
        operation=operation,
        parameters=more,
        effect=effect,
        undo=undo,
        **options,
    )


def _marked(name: str, env: Environment) -> ApiCall:
    back = _secrets(
        "unmark", "untag_resource", f"{name} is whole again: the marker goes", SecretId=name, TagKeys=[MARKER]
    )
    tags = [{"Key": MARKER, "Value": env.name}]
    return _secrets("mark", "tag_resource", f"{name} carries the marker of drills", back, SecretId=name, Tags=tags)


def _put(site: Site, env: Environment, name: str, former: str) -> ApiCall:
    """Its way back starts the tasks anew as well: they read the secret once, when they start."""
    asked = {"SecretId": name}
    path = f"Versions.VersionStages={CURRENT}.VersionId"
    current = Reading(service="secretsmanager", operation="list_secret_version_ids", parameters=asked, path=path)
    again = Ready(
        operation="list_secret_version_ids", parameters=asked, path=path, wanted=(former,), timeout=60.0, every=2.0
    )
    back = _secrets(
        "move-back",
        "update_secret_version_stage",
        "the former value is current again",
        gone=("InvalidParameterException",),  # it is current already: looked at afterwards
        ready=again,
        SecretId=name,
        VersionStage=CURRENT,
        MoveToVersionId=former,
        RemoveFromVersionId=found(current),
    )
    value = Reading(
        service="secretsmanager",
        operation="get_secret_value",
        parameters={"SecretId": name, "VersionId": former},
        path="SecretString",
    )
    return _secrets(
        "put",
        "put_secret_value",
        f"a new version is current, in which {KEY} leads nowhere",
        back,
        _restart(site, env, "new tasks read the former value"),
        SecretId=name,
        SecretString=merged({KEY: NOBODY}, value),
    )


def _restart(site: Site, env: Environment, effect: str) -> ApiCall:
    return ApiCall(
        id="restart",
        service="ecs",
        operation="update_service",
        parameters={"cluster": site.ecs.cluster, "service": env.service, "forceNewDeployment": True},
        effect=effect,
    )
