"""Settings that are no secrets, in Parameter Store (guide 3.2)."""

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.secret_reference import Store, read_reference
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site


@action("params.create", guide="3.2", fixes=("param.exists",))
def create(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """Every parameter that the site requires or the task definition references exists."""
    if not site.params.enabled:
        raise CannotPlan("the site uses no parameters", "set params.enabled in the site file")
    path = site.params.path_of(env.name)
    wanted = list(dict.fromkeys([*(f"{path}{name}" for name in site.params.required), *_referenced(aws, site, env)]))
    there = {one.name for one in aws.parameters.named(wanted)}
    absent = [name for name in wanted if name not in there]
    questions = [Question(name=name, text=f"The value of {name}: a setting that everybody may see") for name in absent]
    values = dict(zip(absent, inputs.take(*questions), strict=True))
    calls = tuple(_put(number, name, value, site, env) for number, (name, value) in enumerate(values.items(), 1))
    return Plan(
        action="params.create",
        title=f"Create the missing parameters of {env.name}",
        environment=env.name,
        resource=path,
        effect="Tasks that start from now on read them where the task definition references them.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what=name, before="", after=value) for name, value in values.items()),
        warnings=("a parameter of type String is no place for a secret",) if calls else (),
        permissions=needed(calls),
    )


def _referenced(aws: Aws, site: Site, env: Environment) -> list[str]:
    """Names of this account's parameters in the newest task definition; none before the first revision."""
    try:
        values = aws.ecs.task_definition(env.task_family).values_from
    except Missing:
        return []
    references = (read_reference(one) for one in values)
    own = ("", site.aws.account_id)
    return [one.name for one in references if one.store is Store.PARAMETER_STORE and one.account in own]


def _put(number: int, name: str, value: str, site: Site, env: Environment) -> ApiCall:
    return ApiCall(
        id=f"put-parameter-{number}",
        service="ssm",
        operation="put_parameter",
        parameters={
            "Name": name,
            "Value": value,
            "Type": "String",
            "Overwrite": False,
            "Tags": listed(tags_of(site, env)),
        },
        effect=f"{name} is made",
        undo=(
            ApiCall(
                id=f"delete-parameter-{number}",
                service="ssm",
                operation="delete_parameter",
                parameters={"Name": name},
                effect=f"{name} is deleted",
                gone=("ParameterNotFound",),
            ),
        ),
    )
