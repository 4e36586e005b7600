"""Values of a secret, typed unseen: the first ones, and a new one for a key (guide 3.1, 10)."""

from fnmatch import fnmatchcase
from typing import Any, Final

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.secrets import CURRENT, Secret
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Reading, Risk, answer, merged, secret
from runbook_tui.core.site import Environment, Site

RECOVERY_DAYS: Final = 7  # the shortest that AWS offers, so that a name is free again soon
_DEFAULT_KEY: Final = "aws/secretsmanager"
_NEW: Final = "(typed, never shown)"


@action("secrets.create", guide="3.1", fixes=("secret.exists",))
def create(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The environment's secret exists, with a value for every key that the application needs."""
    keys = _required(site)
    calls: tuple[ApiCall, ...] = ()
    if not _exists(aws, env):
        typed = inputs.take(*(_question(env, key) for key in keys))
        calls = (_create(site, env, dict(zip(keys, map(secret, typed), strict=True))),)
    return Plan(
        action="secrets.create",
        title=f"Create the secret {env.secret_name}",
        environment=env.name,
        resource=env.secret_name,
        effect="Nothing reads it until a task definition references it.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what=f"value of {key}", before="", after=_NEW) for key in keys) if calls else (),
        warnings=(f"undone, its name is taken for {RECOVERY_DAYS} days more",) if calls else (),
        permissions=needed(calls),
    )


@action("secrets.put-value", guide="10", fixes=("secret.rotation-age",))
def put_value(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """One key of the environment's secret has a new value; all other keys keep theirs."""
    found = aws.secrets.secret(env.secret_name)
    current = _current(found)
    choices = tuple(Choice(value=key, label=key) for key in _required(site))
    (key,) = inputs.take(Question(name="key", text=f"Which key of {env.secret_name} is changed?", choices=choices))
    (typed,) = inputs.take(_question(env, key))
    calls = (_put(found, current, key, typed),)
    return Plan(
        action="secrets.put-value",
        title=f"Store a new {key} in {env.secret_name}",
        environment=env.name,
        resource=env.secret_name,
        effect="Tasks that start from now on read the new value; running tasks keep the one they started with.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=f"value of {key}", before=f"as in version {current}", after=_NEW),),
        warnings=(
            "autoscaling or a failing health check may start a task at any moment: the new value must work already",
        ),
        permissions=needed(calls),
    )


def _required(site: Site) -> tuple[str, ...]:
    """As the application names them: a database on DynamoDB wants its tables instead of MongoDB's address."""
    kept = [key for key in site.secrets.required_keys if key != "MONGO_URI" or site.db.uses("mongodb_atlas")]
    if site.db.uses("dynamodb") and not any(fnmatchcase(key, "DYNAMO_TABLE_*") for key in kept):
        raise CannotPlan(
            "the site does not say by which keys the application finds its tables",
            "add DYNAMO_TABLE_… to secrets.required_keys in the site file",
        )
    return tuple(kept)


def _question(env: Environment, key: str) -> Question:
    """Named after the environment: what was typed for one is never taken for the other."""
    return Question(name=f"{env.name}-{key}", text=f"The value of {key} in {env.name}; nobody sees it", hidden=True)


def _exists(aws: Aws, env: Environment) -> bool:
    try:
        found = aws.secrets.secret(env.secret_name)
    except Missing:
        return False
    if found.deleted_date is not None:
        raise CannotPlan(f"{env.secret_name} is scheduled for deletion, and its name is taken", "restore it")
    return True


def _current(found: Secret) -> str:
    versions = found.versions_at(CURRENT)
    if found.deleted_date is not None or len(versions) != 1:
        raise CannotPlan(f"{found.name} has no current version", "restore the secret, or look at it in the console")
    return versions[0]


def _create(site: Site, env: Environment, members: dict[str, Any]) -> ApiCall:
    own = {} if site.secrets.kms_key == _DEFAULT_KEY else {"KmsKeyId": site.secrets.kms_key}
    return ApiCall(
        id="create-secret",
        service="secretsmanager",
        operation="create_secret",
        parameters={
            "Name": env.secret_name,
            "Description": f"Settings of the {env.name} backend",
            "SecretString": merged(members),
            "Tags": listed(tags_of(site, env)),
            **own,
        },
        effect=f"{env.secret_name} is made, with its first version",
        undo=(
            ApiCall(
                id="delete-secret",
                service="secretsmanager",
                operation="delete_secret",
                parameters={"SecretId": env.secret_name, "RecoveryWindowInDays": RECOVERY_DAYS},
                effect=f"it is scheduled for deletion, and can be restored for {RECOVERY_DAYS} days",
                gone=("ResourceNotFoundException",),
            ),
        ),
    )


def _put(found: Secret, current: str, key: str, typed: str) -> ApiCall:
    """What was current when the plan was made is what all other keys are taken from."""
    where = {"SecretId": found.name, "VersionId": current}
    before = Reading(service="secretsmanager", operation="get_secret_value", parameters=where, path="SecretString")
    back = ApiCall(
        id="move-back",
        service="secretsmanager",
        operation="update_secret_version_stage",
        parameters={
            "SecretId": found.name,
            "VersionStage": CURRENT,
            "MoveToVersionId": current,
            "RemoveFromVersionId": answer("put-value", "VersionId"),
        },
        effect="the former value is current again",
    )
    return ApiCall(
        id="put-value",
        service="secretsmanager",
        operation="put_secret_value",
        parameters={"SecretId": found.name, "SecretString": merged({key: secret(typed)}, before)},
        effect=f"a new version is current, in which {key} alone is another",
        undo=(back,),
    )
