"""The table of keys in docs/site-file.md, made from types and limits: ``python -m tests.support.site_table``."""

from collections.abc import Iterator

from runbook_tui.catalogue.site_answers import answer_text, value_at
from runbook_tui.catalogue.site_file import complete
from runbook_tui.catalogue.site_shape import all_keys
from runbook_tui.core.limits import Limit
from runbook_tui.core.site_limits import LIMITS


def table() -> str:
    return "\n".join(("| Key | Default | Allowed |", "|---|---|---|", *_rows()))


def _rows() -> Iterator[str]:
    site = complete({"domain": {"zone": "ZONE"}})
    keys = all_keys()
    for key in keys:
        rule = key.replace("environments.staging.", "environments.*.").replace("environments.prod.", "environments.*.")
        value = answer_text(value_at(site, key)).replace("ZONE", "&lt;zone&gt;") if key != "domain.zone" else ""
        limits = [LIMITS[name] for name in (rule, f"{rule}[]") if name in LIMITS]
        yield f"| `{key}` | {_cell(value)} | {'; '.join(_allowed(limit) for limit in limits)} |"


def _cell(value: str) -> str:
    return value.replace("<env>", "&lt;env&gt;").replace("|", "\\|") or "–"


def _allowed(limit: Limit) -> str:
    if limit.choices:
        return limit.one_of
    if limit.low is not None or limit.above is not None:
        return limit.range
    return limit.hint


if __name__ == "__main__":
    print(table())
