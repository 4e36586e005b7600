"""Guide 7: one database is chosen, and the tasks are given what it needs."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

from msgspec import Struct

from checks.secrets.secret import TABLE_KEYS, URI_KEY, required_keys
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.secrets import TABLE_KEY
from runbook_tui.aws.together import each
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

ALIGN: Final = "align the secret, the task definition and db.kind in the site"


class _Given(Struct, frozen=True, kw_only=True):
    """Names of the variables and secrets that a container gets: those of either database."""

    environment: str
    uri: bool
    tables: tuple[str, ...]


@check("db.choice", guide="7", severity="high", scope="shared", needs=["ecs:DescribeTaskDefinition"])
def choice(aws: Aws, site: Site) -> Verdict:
    """The tasks are given the keys of the chosen database, and of no other."""
    if site.app.reads_secrets_at_runtime:
        return skip("the application reads its secrets at run time (app.reads_secrets_at_runtime): see secret.keys")
    given = each(lambda env: _given(aws, env), site.environments.values())
    evidence = {one.environment: [*([URI_KEY] if one.uri else []), *one.tables] for one in given}
    lacking = [f"{one.environment} lacks {', '.join(keys)}" for one in given if (keys := _lacking(site, one))]
    if lacking:
        return fail(f"{site.db.kind} is chosen, but {'; '.join(lacking)}", ALIGN, **evidence)
    both = [one.environment for one in given if one.uri and one.tables]
    if both and not site.db.migrating:
        because = f"{', '.join(both)}: keys of both databases are injected, and no migration is under way"
        return warn(because, "remove the keys of the other database, or set db.migrating: true", **evidence)
    return passed(f"the keys of {site.db.kind} are injected", **evidence)


def _given(aws: Aws, env: Environment) -> _Given:
    container = aws.ecs.task_definition(env.task_family).container(env.container)
    names = {*(one.name for one in container.secrets), *(one.name for one in container.environment)}
    tables = tuple(sorted(name for name in names if name.startswith(TABLE_KEY)))
    return _Given(environment=env.name, uri=URI_KEY in names, tables=tables)


def _lacking(site: Site, given: _Given) -> list[str]:
    if site.db.kind == "mongodb_atlas":
        return [] if given.uri else [URI_KEY]
    return absent_table_keys(site, given.tables)


def absent_table_keys(site: Site, found: Iterable[str]) -> list[str]:
    """Keys that must name DynamoDB tables and are not among those found."""
    wanted = [name for name in required_keys(site) if name.startswith(TABLE_KEY)] or [TABLE_KEYS]
    there = tuple(found)
    return [pattern for pattern in wanted if not any(fnmatchcase(name, pattern) for name in there)]
