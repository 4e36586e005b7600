"""The former value of a secret is the current one again (guide 9.2, 10)."""

from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.secrets import CURRENT, Secret
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

PREVIOUS = "AWSPREVIOUS"


@action("secrets.restore-version", guide="9.2")
def restore_version(aws: Aws, _site: Site, env: Environment, inputs: Inputs) -> Plan:
    """A former version of the environment's secret is what new tasks read."""
    secret = aws.secrets.secret(env.secret_name)
    current = _only_current(secret)
    others = [version for version in sorted(secret.version_ids_to_stages) if version != current]
    if not others:
        raise CannotPlan(
            f"{env.secret_name} has no other version with a stage", "store a new value: runbook secret-rotation"
        )
    (chosen,) = inputs.take(
        Question(
            name="version",
            text=f"Which version of {env.secret_name} was good? Values are never shown.",
            choices=tuple(Choice(value=one, label=_label(secret, one)) for one in others),
            default=next(iter(secret.versions_at(PREVIOUS)), others[0]),
        )
    )
    back = _move(secret.name, to=current, away_from=chosen, effect="the value that is current now is so again")
    calls = (_move(secret.name, to=chosen, away_from=current, effect="new tasks read the former value", undo=(back,)),)
    return Plan(
        action="secrets.restore-version",
        title=f"Go back to a former value of {env.secret_name}",
        environment=env.name,
        resource=env.secret_name,
        effect="New tasks read the former value; running tasks keep what they read when they started.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=CURRENT, before=current, after=chosen),),
        warnings=("the former credentials must still be valid at the database or mail server they are for",),
        permissions=needed(calls),
    )


def _only_current(secret: Secret) -> str:
    found = secret.versions_at(CURRENT)
    if len(found) != 1:
        raise CannotPlan(f"{secret.name} has {len(found)} current versions", "look at it in the console")
    return found[0]


def _move(secret: str, *, to: str, away_from: str, effect: str, undo: tuple[ApiCall, ...] = ()) -> ApiCall:
    """Secrets Manager itself moves AWSPREVIOUS to the version that was current."""
    return ApiCall(
        id="move-stage",
        service="secretsmanager",
        operation="update_secret_version_stage",
        parameters={
            "SecretId": secret,
            "VersionStage": CURRENT,
            "MoveToVersionId": to,
            "RemoveFromVersionId": away_from,
        },
        effect=effect,
        undo=undo,
    )


def _label(secret: Secret, version: str) -> str:
    return f"{version[:8]}…  {', '.join(secret.version_ids_to_stages[version])}"
