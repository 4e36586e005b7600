"""A secret that is there and not usable or not in order: deleted, locked, open, without its tags (guide 3.1, 3.3)."""

import json
from typing import Any, Final

from runbook_tui.actions.iam.documents import account_of
from runbook_tui.actions.openings import without_openings
from runbook_tui.actions.permissions import needed
from runbook_tui.actions.secrets.storing import RECOVERY_DAYS
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.permission import Key
from runbook_tui.aws.facts.resource_policy import Reach
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_DELETING: Final = "PendingDeletion"


@action("secrets.restore", guide="3.1", fixes=("secret.exists",))
def restore(aws: Aws, _site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The environment's secret is no longer scheduled for deletion."""
    found = aws.secrets.secret(env.secret_name)
    where = {"SecretId": env.secret_name}
    window = {**where, "RecoveryWindowInDays": RECOVERY_DAYS}
    back = _call("delete-secret", "delete_secret", window, "it is scheduled for deletion again")
    calls = (_call("restore-secret", "restore_secret", where, "it can be read again", (back,)),)
    gone = found.deleted_date
    return Plan(
        action="secrets.restore",
        title=f"Restore the secret {env.secret_name}",
        environment=env.name,
        resource=env.secret_name,
        effect="New tasks can read it again, with the values that it had.",
        risk=Risk.CHANGE,
        calls=calls if gone is not None else (),
        differences=(Difference(what="deletion", before=f"since {gone:%Y-%m-%d}", after=""),) if gone else (),
        permissions=needed(calls),
    )


@action("secrets.tag", guide="3.1", fixes=("secret.tags-owner",))
def tag(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The environment's secret carries the tags that the site requires, and says what it is for."""
    found = aws.secrets.secret(env.secret_name)
    there, known = {one.key for one in found.tags}, tags_of(site, env)
    absent = [key for key in site.tags.required if key not in there]
    unknown = [key for key in absent if key not in known]
    given = inputs.take(*(Question(name=f"tag-{key}", text=f"The value of the tag {key}") for key in unknown))
    tags = {key: {**known, **dict(zip(unknown, given, strict=True))}[key] for key in absent}
    calls = (
        *((_tag(env, tags),) if tags else ()),
        *(() if found.description.strip() else (_describe(env, found.description),)),
    )
    changes = {**{f"tag {key}": value for key, value in tags.items()}}
    if not found.description.strip():
        changes["description"] = _description(env)
    return Plan(
        action="secrets.tag",
        title=f"Tag and describe {env.secret_name}",
        environment=env.name,
        resource=env.secret_name,
        effect="Its value stays as it is.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what=what, before="", after=after) for what, after in changes.items()),
        permissions=needed(calls),
    )


@action("secrets.close-policy", guide="3.3", fixes=("secret.resource-policy",))
def close_policy(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The secret's own policy lets nobody in from outside."""
    aws.secrets.secret(env.secret_name)
    text = aws.reader.read("secretsmanager", "get_resource_policy", SecretId=env.secret_name).get("ResourcePolicy")
    account = account_of(aws, site)
    kept, removed = without_openings(text, account, tuple(Reach))
    calls = (_close(env, str(text), kept),) if removed else ()
    return Plan(
        action="secrets.close-policy",
        title=f"Take what opens {env.secret_name} out of its policy",
        environment=env.name,
        resource=env.secret_name,
        effect="Whoever came in by these statements alone is kept out at once.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what="statement", before=json.dumps(one), after="") for one in removed),
        warnings=("the undo opens the secret again",) if calls else (),
        permissions=needed(calls),
    )


@action("secrets.enable-key", guide="3.1", fixes=("secret.kms",))
def enable_key(aws: Aws, _site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The key that the secret is encrypted with is usable again."""
    named = aws.secrets.secret(env.secret_name).kms_key_id
    if not named or "alias/aws/" in named:
        raise CannotPlan(f"{env.secret_name} is encrypted with AWS's own key", "that one is always usable")
    key = aws.permission.key(named)
    if key.key_state not in ("Enabled", "Disabled", _DELETING):
        raise CannotPlan(f"the key is {key.key_state}", "look at it in the KMS console")
    calls = () if key.key_state == "Enabled" else tuple(_enabling(key))
    return Plan(
        action="secrets.enable-key",
        title=f"Enable the key of {env.secret_name}",
        environment=env.name,
        resource=key.arn,
        effect="Whatever is encrypted with it can be read again.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what="key", before=key.key_state, after="Enabled"),) if calls else (),
        warnings=("the undo disables the key, and does not schedule its deletion again",)
        if key.key_state == _DELETING
        else (),
        permissions=needed(calls),
    )


def _enabling(key: Key) -> list[ApiCall]:
    """A key whose deletion is called off comes back disabled."""
    where = {"KeyId": key.arn}
    back = _call("disable-key", "disable_key", where, "the key is disabled", service="kms")
    enable = _call("enable-key", "enable_key", where, "the key is enabled", (back,), service="kms")
    if key.key_state != _DELETING:
        return [enable]
    return [_call("cancel-deletion", "cancel_key_deletion", where, "the key is kept, disabled", service="kms"), enable]


def _close(env: Environment, text: str, kept: list[Any]) -> ApiCall:
    where = {"SecretId": env.secret_name}
    recorded = {**where, "ResourcePolicy": text, "BlockPublicPolicy": False}
    back = _call("put-policy-back", "put_resource_policy", recorded, "the policy is as it was, open")
    if not kept:
        return _call("delete-policy", "delete_resource_policy", where, "nothing is left of it: it is deleted", (back,))
    rest = {**where, "ResourcePolicy": json.dumps({**json.loads(text), "Statement": kept}), "BlockPublicPolicy": True}
    return _call("put-policy", "put_resource_policy", rest, "the rest of the policy stays", (back,))


def _tag(env: Environment, tags: dict[str, str]) -> ApiCall:
    where = {"SecretId": env.secret_name}
    back = _call("untag-secret", "untag_resource", {**where, "TagKeys": list(tags)}, "the tags are gone again")
    return _call("tag-secret", "tag_resource", {**where, "Tags": listed(tags)}, "it is tagged", (back,))


def _describe(env: Environment, before: str) -> ApiCall:
    where = {"SecretId": env.secret_name}
    back = _call("describe-back", "update_secret", {**where, "Description": before}, "the description is as it was")
    given = {**where, "Description": _description(env)}
    return _call("describe-secret", "update_secret", given, "it is described", (back,))


def _description(env: Environment) -> str:
    return f"Settings of the {env.name} backend"


def _call(
    name: str,
    operation: str,
    parameters: dict[str, Any],
    effect: str,
    undo: tuple[ApiCall, ...] = (),
    service: str = "secretsmanager",
) -> ApiCall:
    return ApiCall(id=name, service=service, operation=operation, parameters=parameters, effect=effect, undo=undo)
