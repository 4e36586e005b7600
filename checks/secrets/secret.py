"""Guide 3.1: the secrets, by what can be told of them without telling a value."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.secrets import CURRENT, SECRET, KeyShape
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

URI_KEY = "MONGO_URI"
TABLE_KEYS = "DYNAMO_TABLE_*"


@check(
    "secret.exists",
    guide="3.1",
    severity="critical",
    scope="environment",
    needs=["secretsmanager:DescribeSecret"],
    establishes=[SECRET],
)
def exists(aws: Aws, _site: Site, env: Environment) -> Verdict:
    """The environment's secret exists and has a current version."""
    secret = aws.secrets.secret(env.secret_name)
    stages = sorted({stage for its in secret.version_ids_to_stages.values() for stage in its})
    changed = secret.last_changed_date.isoformat() if secret.last_changed_date else "never"
    evidence = {"arn": secret.arn, "changed": changed, "stages": stages}
    if secret.deleted_date is not None:
        because = f"{secret.name} is scheduled for deletion since {secret.deleted_date:%Y-%m-%d}"
        return fail(because, f"aws secretsmanager restore-secret --secret-id {env.secret_name}", **evidence)
    if not secret.versions_at(CURRENT):
        return fail(f"{secret.name} has no version at {CURRENT}", "put a value into the secret", **evidence)
    if secret.name != env.secret_name:
        because = f"{env.secret_name} is part of an ARN; the secret is called {secret.name}"
        return warn(because, "give the secret's whole name in the site", **evidence)
    return passed(f"{secret.name} has a current version", **evidence)


@check("secret.keys", guide="3.1", severity="critical", scope="environment", needs=["secretsmanager:GetSecretValue"])
def keys(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The environment's secret holds every required key, each with a value."""
    if site.secrets.allow_value_read is not True:
        return skip(
            "values are not read: set secrets.allow_value_read: true in the site to let this check look at the keys "
            "(CloudTrail records each read)"
        )
    shape = aws.secrets.shape(env.secret_name)
    remedy = "add what is missing in a new version of the secret, then force a new deployment"
    if shape.keys is None:
        return fail(f"the value of {env.secret_name} is not a JSON object", remedy, binary=shape.binary)
    wanted = required_keys(site)
    evidence = {"keys": {name: _told(one) for name, one in shape.keys.items()}, "required": list(wanted)}
    absent = [pattern for pattern in wanted if not any(fnmatchcase(name, pattern) for name in shape.keys)]
    empty = [name for name, one in shape.keys.items() if _is_wanted(name, wanted) and not one.filled]
    if absent or empty:
        troubles = [f"no {', '.join(absent)}" if absent else "", f"empty: {', '.join(empty)}" if empty else ""]
        return fail("; ".join(trouble for trouble in troubles if trouble), remedy, **evidence)
    doubts = [*(["it is stored as binary"] if shape.binary else []), *_doubts(shape.keys, wanted)]
    if doubts:
        return warn("; ".join(doubts), "look at these keys in Secrets Manager", **evidence)
    return passed(f"all {len(wanted)} required keys have a value", **evidence)


def required_keys(site: Site) -> tuple[str, ...]:
    """Names and patterns: a database on DynamoDB wants its tables instead of MongoDB's address."""
    named = site.secrets.required_keys
    if site.db.kind == "mongodb_atlas" and not site.db.migrating:
        return named
    kept = named if site.db.migrating else tuple(name for name in named if name != URI_KEY)
    return kept if any(name.startswith("DYNAMO_TABLE_") for name in kept) else (*kept, TABLE_KEYS)


def _doubts(keys: Mapping[str, KeyShape], wanted: tuple[str, ...]) -> list[str]:
    """What is odd, by key names alone."""
    named = {name: one for name, one in keys.items() if _is_wanted(name, wanted)}
    extra = [name for name in keys if name not in named]
    secret, uri, origin = named.get("JWT_SECRET"), named.get(URI_KEY), named.get("CORS_ORIGIN")
    found = {
        f"unknown keys: {', '.join(extra)}": bool(extra),
        f"blanks around {_names(named, 'padded')}": bool(_names(named, "padded")),
        f"a placeholder in {_names(named, 'placeholder')}": bool(_names(named, "placeholder")),
        f"{URI_KEY} begins with neither mongodb:// nor mongodb+srv://": uri is not None and not uri.scheme,
        "CORS_ORIGIN is *": origin is not None and origin.wildcard,
        "JWT_SECRET is shorter than 32 characters": secret is not None and secret.length != "≥32",
    }
    return [doubt for doubt, holds in found.items() if holds]


def _is_wanted(name: str, wanted: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in wanted)


def _names(keys: Mapping[str, KeyShape], attribute: str) -> str:
    return ", ".join(name for name, one in keys.items() if getattr(one, attribute))


def _told(shape: KeyShape) -> dict[str, bool | str]:
    return {"filled": shape.filled, "length": shape.length}
