"""What the site says of its DynamoDB tables: which environment each belongs to. Pure."""

import re
from collections.abc import Iterable

from runbook_tui.core.site import Environment, Site, Table


def tables_of(site: Site, env: Environment) -> tuple[Table, ...]:
    """The site's tables but for those that are called after another environment."""
    others = [name for name in site.environments if name != env.name]
    return tuple(one for one in site.db.dynamodb.tables if not called_after(one.name, others))


def called_after(table: str, environments: Iterable[str]) -> str:
    """The environment whose name is a word of the table's; empty when there is none."""
    words = re.split(r"[-_.]", table)
    return next((name for name in environments if name in words), "")
