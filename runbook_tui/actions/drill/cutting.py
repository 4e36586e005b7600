"""The database is cut off for a while, to see what the service, its alarms and its people make of it (guide 10)."""

import json
from typing import Final

from runbook_tui.actions.drill.cut import Cut, as_plan
from runbook_tui.actions.drill.experiment import start_experiment
from runbook_tui.actions.drill.nacl import fence
from runbook_tui.actions.drill.places import OTHER_WAYS, Places, places_of
from runbook_tui.actions.drill.readiness import check_ready
from runbook_tui.actions.drill.rules import close_endpoint, close_group, remove_route
from runbook_tui.actions.drill.secret import break_secret
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.fis import templates
from runbook_tui.aws.facts.leftovers import INLINE
from runbook_tui.aws.facts.tables import tables_of
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question
from runbook_tui.core.site import Environment, Site

_WAYS: Final = {
    "fis": "an experiment of AWS's Fault Injection Service; it ends by itself",
    "nacl": "a network ACL: open connections are cut too",
    "route": "the route to the database goes: open connections are cut too",
    "sg": "the security group lets no new connection out; open ones live on",
    "privatelink": "the endpoint's security group lets no new connection in; open ones live on",
    "secret": "new tasks get a database host that does not answer (never in production)",
}


@action("drill.cut-database", guide="10")
def cut_database(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The service has lost MongoDB, for a while only."""
    if not site.db.uses("mongodb_atlas"):
        raise CannotPlan("the site does not use MongoDB Atlas", "walk the drill of DynamoDB")
    places = places_of(aws, site, env)
    (way,) = inputs.take(
        Question(
            name="method",
            text="How is the database cut off?",
            choices=tuple(Choice(value=name, label=label) for name, label in _WAYS.items()),
            default=_best(aws, site, env, places),
        )
    )
    check_ready(aws, site, env)
    title = f"Cut {env.service} off from its database"
    return as_plan("drill.cut-database", title, _cut(way, aws, site, env, places), site, env)


@action("drill.deny-tables", guide="10")
def deny_tables(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The service has lost its DynamoDB tables, for a while only."""
    tables = tables_of(site, env) if site.db.uses("dynamodb") else ()
    if not tables:
        raise CannotPlan(f"the site names no DynamoDB table of {env.name}", "walk the drill of MongoDB")
    check_ready(aws, site, env)
    title = f"Deny {env.service} its tables"
    return as_plan("drill.deny-tables", title, _denied(site, env, [one.name for one in tables]), site, env)


def _best(aws: Aws, site: Site, env: Environment, places: Places) -> str:
    """As the site says; else an experiment where a template exists, a secret on a shared network, a network ACL."""
    if site.dr.method in _WAYS:
        return site.dr.method
    if templates(aws.reader, env.name):
        return "fis"
    return "secret" if places.shared and not env.is_prod else "nacl"


def _cut(way: str, aws: Aws, site: Site, env: Environment, places: Places) -> Cut:
    match way:
        case "fis":
            return start_experiment(aws, site, env, places)
        case "nacl":
            return fence(aws, site, env, places)
        case "route":
            return remove_route(aws, site, env, places)
        case "sg":
            return close_group(aws, site, env, places)
        case "privatelink":
            return close_endpoint(aws, site, env, places)
        case _:
            return break_secret(aws, site, env)


def _denied(site: Site, env: Environment, tables: list[str]) -> Cut:
    role = site.iam.task_role_of(env.name)
    also = [name for name in site.environments if name != env.name and site.iam.task_role_of(name) == role]
    if also and not env.is_prod:
        raise CannotPlan(f"{role} is the role of {', '.join(also)} too", OTHER_WAYS)
    arns = [f"arn:aws:dynamodb:{site.aws.region}:{site.aws.account_id}:table/{name}" for name in tables]
    statement = {
        "Effect": "Deny",
        "Action": "dynamodb:*",
        "Resource": [*arns, *(f"{one}/index/*" for one in arns)],
    }
    where = {"RoleName": role, "PolicyName": f"{INLINE}{env.name}"}  # the name is the marker
    back = ApiCall(
        id="allow",
        service="iam",
        operation="delete_role_policy",
        parameters=where,
        effect=f"{role} may use its tables again, within two minutes",
        gone=("NoSuchEntity",),
    )
    call = ApiCall(
        id="deny",
        service="iam",
        operation="put_role_policy",
        parameters={
            **where,
            "PolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        },
        effect=f"{role} is denied {', '.join(tables)}, within two minutes",
        undo=(back,),
    )
    return Cut(
        resource=role,
        effect=f"Whoever works as {role} is denied its tables.",
        calls=(call,),
        differences=(Difference(what=f"inline policy of {role}", before="", after=where["PolicyName"]),),
        warnings=tuple(f"{name} loses its tables too" for name in also),
    )
