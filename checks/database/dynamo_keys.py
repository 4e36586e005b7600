"""Guide 7.2: the keys that name DynamoDB's tables name tables of this environment."""

from collections.abc import Mapping
from typing import Any

from checks.concerns import named
from checks.database.choice import absent_table_keys
from checks.database.chosen import DYNAMODB, unchosen
from checks.secrets.secret import URI_KEY
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.secrets import SecretShape
from runbook_tui.aws.facts.tables import called_after
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn


@check(
    "dynamo.secret-keys",
    guide="7.2",
    severity="high",
    scope="environment",
    needs=["dynamodb:ListTables", "secretsmanager:GetSecretValue", "ssm:GetParametersByPath"],
)
def secret_keys(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Every DYNAMO_TABLE_* key names a table that exists and is this environment's."""
    elsewhere = unchosen(site, DYNAMODB)
    if elsewhere:
        return elsewhere
    readable = site.secrets.allow_value_read is True
    shape, parameters, tables = together(
        lambda: aws.secrets.shape(env.secret_name) if readable else None,
        lambda: _parameters(aws, site, env),
        aws.dynamodb.names,
    )
    if not readable and not parameters:
        return skip("values are not read (secrets.allow_value_read), and no parameter names a table")
    keys = {**(shape.tables if shape else {}), **parameters}
    evidence: dict[str, Any] = {"exists": {key: name in tables for key, name in keys.items()}}
    wrong = [*_absent(site, keys), *_wrong(keys, tables, site, env)]
    if wrong:
        remedy = "correct the value in a new version of the secret, then force a new deployment"
        return fail("; ".join(wrong), remedy, **evidence)
    if _has_uri(shape) and not site.db.migrating:
        because = f"{env.secret_name} still has {URI_KEY}, and the migration is closed"
        return warn(because, f"remove {URI_KEY} once nothing needs it", **evidence)
    return passed(f"{named(len(keys), 'key')}: tables of {env.name} that exist", **evidence)


def _parameters(aws: Aws, site: Site, env: Environment) -> Mapping[str, str]:
    """Values by the last part of their name; none where the site has no parameters."""
    if not site.params.enabled:
        return {}
    path = site.params.path.replace("<env>", env.name)
    return aws.dynamodb.named_by_parameters(path)


def _absent(site: Site, keys: Mapping[str, str]) -> list[str]:
    lacking = absent_table_keys(site, keys)
    return [f"no key {', '.join(lacking)}"] if lacking else []


def _wrong(keys: Mapping[str, str], tables: frozenset[str], site: Site, env: Environment) -> list[str]:
    """A value that is no table is not repeated: something else may have been put there."""
    others = [name for name in site.environments if name != env.name]
    found = []
    for key, table in keys.items():
        if table not in tables:
            found.append(f"{key} names no table that exists")
        elif other := called_after(table, others):
            found.append(f"{key} names {table}, a table of {other}")
    return found


def _has_uri(shape: SecretShape | None) -> bool:
    return shape is not None and URI_KEY in (shape.keys or {})
