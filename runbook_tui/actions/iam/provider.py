"""GitHub's tokens, known to the account (guide 1.2)."""

from typing import Any

from runbook_tui.actions.iam.cicd_trust import AUDIENCE, HOST
from runbook_tui.actions.iam.documents import arn
from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer
from runbook_tui.core.site import Environment, Site


@action("iam.create-github-provider", guide="1.2", fixes=("iam.oidc-provider",))
def create_github_provider(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The account knows GitHub's tokens, made for AWS."""
    found = aws.iam.oidc_provider(HOST)
    where = {"OpenIDConnectProviderArn": arn(aws, site, "iam", f"oidc-provider/{HOST}")}
    calls: tuple[ApiCall, ...] = ()
    if found is None:
        calls = (_create(site),)
    elif AUDIENCE not in found.client_ids:
        calls = (_audience(where),)
    before = "" if found is None else ", ".join(found.client_ids)
    return Plan(
        action="iam.create-github-provider",
        title="Let the account know GitHub's tokens",
        environment=env.name,
        resource=HOST,
        effect="Nobody may do anything by it alone: a role must name the provider in its trust policy.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=f"audiences of {HOST}", before=before, after=AUDIENCE),) if calls else (),
        permissions=needed(calls),
    )


def _create(site: Site) -> ApiCall:
    made = {"OpenIDConnectProviderArn": answer("create-provider", "OpenIDConnectProviderArn")}
    back = _call("delete-provider", "delete_open_id_connect_provider", made, "the provider is deleted")
    given = {"Url": f"https://{HOST}", "ClientIDList": [AUDIENCE], "Tags": listed(tags_of(site, None))}
    return _call("create-provider", "create_open_id_connect_provider", given, "the provider is made", (back,))


def _audience(where: dict[str, str]) -> ApiCall:
    given = {**where, "ClientID": AUDIENCE}
    operation = "remove_client_id_from_open_id_connect_provider"
    back = _call("remove-audience", operation, given, "tokens for AWS are not taken again")
    return _call(
        "add-audience", "add_client_id_to_open_id_connect_provider", given, "tokens for AWS are taken", (back,)
    )


def _call(
    name: str, operation: str, parameters: dict[str, Any], effect: str, undo: tuple[ApiCall, ...] = ()
) -> ApiCall:
    gone = () if undo else ("NoSuchEntity",)
    return ApiCall(
        id=name, service="iam", operation=operation, parameters=parameters, effect=effect, gone=gone, undo=undo
    )
