"""Where the container's secrets come from (guide 5.2). Names only: no value is read."""

from typing import Any

from msgspec import Struct

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.secret_reference import SecretReference, Store, read_reference
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail


class _Place(Struct, frozen=True, kw_only=True):
    """Where the secrets of this environment belong."""

    secret: str
    region: str
    account: str


@check(
    "ecs.taskdef.secrets-valuefrom",
    guide="5.2",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeTaskDefinition"],
)
def secrets_valuefrom(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Every required key is injected from the environment's own secret."""
    definition = aws.ecs.task_definition(env.task_family)
    found = {one.name: read_reference(one.value_from) for one in definition.container(env.container).secrets}
    missing = [key for key in site.secrets.required_keys if key not in found]
    evidence: dict[str, Any] = {
        "task_definition": definition.label,
        "references": [f"{name} from {reference.described}" for name, reference in found.items()],
        "missing": missing,
    }
    remedy = f"reference arn:…:secret:{env.secret_name}-AbCdEf:KEY:: for every required key"
    broken = [name for name, reference in found.items() if reference.store is Store.UNREADABLE]
    if broken:
        return fail(f"no secret can be read from the reference of {', '.join(broken)}", remedy, **evidence)
    for name, reference in found.items():
        owner = _other_owner(reference, site, env)
        if owner:
            return fail(f"{name} comes from {reference.name}, the secret of {owner}", remedy, **evidence)
    if missing and not site.app.reads_secrets_at_runtime:
        return fail(f"required keys are not injected: {', '.join(missing)}", remedy, **evidence)
    place = _Place(secret=env.secret_name, region=site.aws.region, account=site.aws.account_id or definition.account)
    concerns = [f"{key} is not injected, the application reads it at run time" for key in missing]
    for key in site.secrets.required_keys:
        if key in found:
            concerns += [f"{key} {concern}" for concern in _concerns(found[key], place)]
    good = f"{len(site.secrets.required_keys)} required keys come from {env.secret_name}"
    return warn_or_pass(concerns, good, remedy, **evidence)


def _other_owner(reference: SecretReference, site: Site, env: Environment) -> str:
    """Name of the other environment whose secret or parameter this is; empty when it is nobody else's."""
    for other in site.environments.values():
        if other.name == env.name:
            continue
        if reference.store is Store.PARAMETER_STORE:
            path = site.params.path.replace("<env>", other.name)
            if path != site.params.path and reference.name.startswith(path):
                return other.name
        elif reference.is_of(other.secret_name) and other.secret_name != env.secret_name:
            return other.name
    return ""


def _concerns(reference: SecretReference, place: _Place) -> list[str]:
    if reference.store is Store.PARAMETER_STORE:
        return ["comes from Parameter Store"]
    found = []
    if not reference.is_of(place.secret):
        found.append(f"comes from {reference.name}, expected {place.secret}")
    if not reference.suffixed:
        found.append("is named without the random suffix of its ARN")
    if reference.region != place.region:
        found.append(f"comes from region {reference.region}, expected {place.region}")
    if reference.account != place.account:
        found.append(f"comes from account {reference.account}, expected {place.account}")
    if not reference.key:
        found.append("gets the whole JSON text")
    if reference.version or reference.stage not in ("", "AWSCURRENT"):
        found.append("is pinned to a version: a rotation never reaches the tasks")
    return found
