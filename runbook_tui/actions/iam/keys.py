"""Access keys that are no longer to be used (guide 1.3)."""

from msgspec import Struct

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam_types import AccessKey
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site


class _Held(Struct, frozen=True):
    user: str
    key: AccessKey

    @property
    def value(self) -> str:
        """What is chosen: the whole id is half of a sign-in, and its end tells it from the other one."""
        return f"{self.user} {self.key.label}"

    @property
    def label(self) -> str:
        return f"{self.value}, {self.key.status}, made on {self.key.create_date:%Y-%m-%d}"


@action("iam.deactivate-key", guide="1.3", fixes=("iam.keys.age",))
def deactivate_key(aws: Aws, _site: Site, env: Environment, inputs: Inputs) -> Plan:
    """An access key opens nothing any more, until it is activated again."""
    one = _chosen(aws, inputs)
    calls = (_status(one, "Inactive", (_status(one, "Active"),)),)
    return Plan(
        action="iam.deactivate-key",
        title=f"Deactivate the key {one.value}",
        environment=env.name,
        resource=one.user,
        effect="Whoever still signs in with it is refused at once: then activate it again with the undo.",
        risk=Risk.DISRUPTIVE,
        calls=calls if one.key.active else (),
        differences=(Difference(what=one.value, before=one.key.status, after="Inactive"),),
        warnings=_warnings(aws, one),
        permissions=needed(calls),
    )


@action("iam.activate-key", guide="1.3")
def activate_key(aws: Aws, _site: Site, env: Environment, inputs: Inputs) -> Plan:
    """An access key that was inactive opens again what it opened before."""
    one = _chosen(aws, inputs)
    calls = (_status(one, "Active", (_status(one, "Inactive"),)),)
    return Plan(
        action="iam.activate-key",
        title=f"Activate the key {one.value} again",
        environment=env.name,
        resource=one.user,
        effect="Whoever still signs in with it gets in again.",
        risk=Risk.CHANGE,
        calls=() if one.key.active else calls,
        differences=(Difference(what=one.value, before=one.key.status, after="Active"),),
        warnings=("an old key that is active again has to be retired once more",),
        permissions=needed(calls),
    )


@action("iam.delete-key", guide="1.3")
def delete_key(aws: Aws, _site: Site, env: Environment, inputs: Inputs) -> Plan:
    """An access key that was inactive is gone."""
    one = _chosen(aws, inputs)
    if one.key.active:
        raise CannotPlan(f"{one.value} is active", "deactivate it first, and wait a day for whoever still uses it")
    calls = (
        ApiCall(
            id="delete-key",
            service="iam",
            operation="delete_access_key",
            parameters={"UserName": one.user, "AccessKeyId": one.key.access_key_id},
            effect="the key is deleted",
            gone=("NoSuchEntity",),
        ),
    )
    return Plan(
        action="iam.delete-key",
        title=f"Delete the key {one.value}",
        environment=env.name,
        resource=one.user,
        effect="The key can never be used again.",
        risk=Risk.DESTRUCTIVE,
        calls=calls,
        differences=(Difference(what=one.value, before="Inactive", after=""),),
        permissions=needed(calls),
        no_undo="a deleted key does not come back: make a new one",
    )


def _chosen(aws: Aws, inputs: Inputs) -> _Held:
    users = sorted(one.user_name for one in aws.iam.users())
    held = [_Held(user, key) for user in users for key in aws.iam.access_keys(user)]
    if not held:
        raise CannotPlan("nobody has an access key", "go on")
    choices = tuple(Choice(value=one.value, label=one.label) for one in held)
    (value,) = inputs.take(Question(name="key", text="Which access key?", choices=choices))
    return next(one for one in held if one.value == value)


def _status(one: _Held, status: str, undo: tuple[ApiCall, ...] = ()) -> ApiCall:
    return ApiCall(
        id=f"set-{status.lower()}",
        service="iam",
        operation="update_access_key",
        parameters={"UserName": one.user, "AccessKeyId": one.key.access_key_id, "Status": status},
        effect=f"the key is {status.lower()}",
        undo=undo,
    )


def _warnings(aws: Aws, one: _Held) -> tuple[str, ...]:
    used = aws.iam.key_use(one.key)
    if used.last_used_date is None:
        return ("it was never used",)
    return (f"it was last used on {used.last_used_date:%Y-%m-%d} for {used.service_name} in {used.region}",)
