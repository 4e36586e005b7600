"""Guide 7.1: the tasks use the private way to Atlas. Nothing of the connection string is shown."""

from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.database.chosen import ATLAS, unchosen
from checks.secrets.secret import URI_KEY
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.mongo_uri import MongoUri
from runbook_tui.aws.facts.secrets import SecretShape
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, skip

# How an environment is called in names of clusters and databases.
CALLED: Final = {"prod": {"prod", "production", "prd"}, "staging": {"staging", "stage", "stg"}}
REMEDY: Final = "put the private connection string that Atlas shows (Connect) into a new version of the secret"


@check("atlas.uri-private", guide="7.1", severity="high", scope="environment", needs=["secretsmanager:GetSecretValue"])
def uri_private(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The connection string takes the site's private way to this environment's own database, encrypted."""
    elsewhere = unchosen(site, ATLAS)
    if elsewhere:
        return elsewhere
    if site.secrets.allow_value_read is not True:
        return skip("values are not read: set secrets.allow_value_read: true in the site to let this check look")
    others = [one for one in site.environments.values() if one.secret_name != env.secret_name]
    mine, *theirs = each(lambda one: _shape(aws, one, needed=one is env), [env, *others])
    uri = _uri(mine)
    if uri is None:
        return fail(f"{URI_KEY} of {env.secret_name} is no MongoDB connection string", REMEDY)
    evidence = _told(uri)
    wrong = _wrong(uri, env, {one.name: _uri(shape) for one, shape in zip(others, theirs, strict=True)})
    if wrong:
        return fail(wrong, REMEDY, **evidence)
    return warn_or_pass(_concerns(uri, site), f"{URI_KEY} takes the private way, encrypted", REMEDY, **evidence)


def _shape(aws: Aws, env: Environment, *, needed: bool) -> SecretShape | None:
    """None for another environment that has no secret yet: then nothing of its is used here."""
    try:
        return aws.secrets.shape(env.secret_name)
    except Missing:
        if needed:
            raise
        return None


def _uri(shape: SecretShape | None) -> MongoUri | None:
    key = (shape.keys or {}).get(URI_KEY) if shape else None
    return key.uri if key else None


def _wrong(uri: MongoUri, env: Environment, others: dict[str, MongoUri | None]) -> str:
    if uri.local:
        return f"{URI_KEY} points to the task's own machine"
    if not uri.tls:
        return f"{URI_KEY} turns TLS off, and Atlas takes no connection without it"
    same = [name for name, other in others.items() if other is not None and other.place == uri.place]
    if same:
        return f"{URI_KEY} points to the same cluster and database as that of {same[0]}"
    mentioned = {name for name, words in CALLED.items() if words & {*uri.mentions}}
    if mentioned and env.name not in mentioned:
        return f"{URI_KEY} points to a cluster or database that is called after {', '.join(sorted(mentioned))}"
    return ""


def _concerns(uri: MongoUri, site: Site) -> list[str]:
    private = site.db.atlas.connectivity == "privatelink"
    found = {
        "its host is not the one of PrivateLink (-pl-)": private and not uri.private_endpoint,
        f"its host is one of PrivateLink, the site uses {site.db.atlas.connectivity}": not private
        and uri.private_endpoint,
        "retryWrites is off": not uri.retry_writes,
        "no serverSelectionTimeoutMS: the driver waits 30 s for a server": not uri.bounded_selection,
    }
    return [concern for concern, holds in found.items() if holds]


def _told(uri: MongoUri) -> dict[str, Any]:
    return {
        "host": uri.suffix,
        "srv": uri.srv,
        "tls": uri.tls,
        "privatelink": uri.private_endpoint,
        "custom_dns": uri.custom_dns,
        "retry_writes": uri.retry_writes,
        "selection_timeout": uri.bounded_selection,
    }
