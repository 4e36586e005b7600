"""A new access key, whose secret AWS tells once: to the operator's screen, and to nothing else (guide 1.3)."""

from typing import Final

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.together import each
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk, ShownOnce, answer
from runbook_tui.core.site import Environment, Site

MOST: Final = 2  # keys of one user, IAM's own limit


@action("iam.create-key", guide="1.3")
def create_key(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """A user has a second access key; its secret is shown once, to be put into its store."""
    users = sorted(one.user_name for one in aws.iam.users())
    keys = dict(zip(users, each(aws.iam.access_keys, users), strict=True))
    if not users:
        raise CannotPlan("the account has no users", "a role needs no key: let the pipeline assume one")
    (user,) = inputs.take(
        Question(
            name="user",
            text="Whose key?",
            choices=tuple(
                Choice(value=name, label=f"{name}, {', '.join(key.label for key in its) or 'no key yet'}")
                for name, its in keys.items()
            ),
        )
    )
    if len(keys[user]) >= MOST:
        labels = " and ".join(key.label for key in keys[user])
        raise CannotPlan(f"{user} has two keys already: {labels}", "deactivate and delete the older one first")
    calls = (_create(user),)
    return Plan(
        action="iam.create-key",
        title=f"Make a new access key for {user}",
        environment=env.name,
        resource=user,
        effect="The secret is shown once, when the key is made. Nothing uses the key until it is in its store.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(
            Difference(
                what=f"keys of {user}",
                before=str(len(keys[user])),
                after=str(len(keys[user]) + 1),
            ),
        ),
        warnings=_warnings(site),
        permissions=needed(calls),
        seen={"keys": sorted(key.label for key in keys[user])},
    )


def _create(user: str) -> ApiCall:
    return ApiCall(
        id="create-key",
        service="iam",
        operation="create_access_key",
        parameters={"UserName": user},
        effect="the key is made, and its secret told",
        undo=(
            ApiCall(
                id="delete-key",
                service="iam",
                operation="delete_access_key",
                parameters={"UserName": user, "AccessKeyId": answer("create-key", "AccessKey.AccessKeyId")},
                effect="the new key is deleted",
                gone=("NoSuchEntity",),
            ),
        ),
        shows=(
            ShownOnce(name="AWS_ACCESS_KEY_ID", path="AccessKey.AccessKeyId"),
            ShownOnce(name="AWS_SECRET_ACCESS_KEY", path="AccessKey.SecretAccessKey"),
        ),
    )


def _warnings(site: Site) -> tuple[str, ...]:
    found = ["have the store open: the secret is shown once, on this screen, and is lost when it is left"]
    if site.cicd.auth == "oidc":
        found.append("this site's pipeline assumes a role: a key of its own should not be needed")
    return tuple(found)
