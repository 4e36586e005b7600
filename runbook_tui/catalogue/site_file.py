"""Finds and reads the site file."""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import UNSET

from runbook_tui.catalogue.findings import Finding, Findings, Level, told
from runbook_tui.catalogue.nodes import Node, Scalar, locate
from runbook_tui.catalogue.positions import parse, read_text
from runbook_tui.catalogue.site_shape import ENVIRONMENTS, site_shape
from runbook_tui.core import site_rules
from runbook_tui.core.limits import looks_secret
from runbook_tui.core.problems import SiteProblem
from runbook_tui.core.site import Site, environment_defaults

NAME: Final = "runbook-tui.yaml"
_SETUP: Final = "run runbook-tui setup, or name a file with --site FILE"


def find_site(explicit: str | None = None) -> Path:
    """``--site`` > ``RUNBOOK_TUI_SITE`` > ``./runbook-tui.yaml`` > the config folder; SiteProblem when none exists."""
    for named, source in ((explicit, "--site"), (os.environ.get("RUNBOOK_TUI_SITE"), "RUNBOOK_TUI_SITE")):
        if named:
            path = Path(named).expanduser()
            if path.is_file():
                return path
            raise SiteProblem(f"there is no file {path} ({source})", _SETUP)
    here = Path(NAME)
    if here.is_file():
        return here
    path = config_path()
    if path.is_file():
        return path
    raise SiteProblem(f"there is no site file: neither ./{NAME} nor {path}", _SETUP)


def config_path() -> Path:
    """Where the platform keeps settings; ``setup`` writes here when nothing else is said."""
    import platformdirs

    return platformdirs.user_config_path("runbook-tui") / NAME


def load_site(path: Path, *, any_endpoint: bool = False) -> Site:
    """The site with every default filled in. SiteProblem tells all findings at once."""
    findings = Findings(str(path))
    text = read_text(path, findings)
    site = _site(text, findings, any_endpoint=any_endpoint) if text is not None else None
    if site is None:
        what, remedy = told(findings.errors)
        raise SiteProblem(what, remedy)
    digest = sha256((text or "").encode()).hexdigest()
    return msgspec.structs.replace(site, path=str(path.absolute()), sha256=digest)


def inspect(text: str, name: str, *, any_endpoint: bool = False) -> tuple[Site | None, tuple[Finding, ...]]:
    """The site, or None when a finding is an error; warnings are findings too."""
    findings = Findings(name)
    site = _site(text, findings, any_endpoint=any_endpoint)
    return site, findings.all


def complete(values: Mapping[str, Any]) -> Site:
    """The site for the nested values of a file, defaults filled in. The values have been judged before."""
    given = values.get("environments", {})
    name = values.get("site", {}).get("name", "asharvi")
    zone = values.get("domain", {}).get("zone", "")
    environments = {
        environment: _merge(
            msgspec.to_builtins(dict(environment_defaults(environment, name, zone))), given.get(environment, {})
        )
        for environment in ENVIRONMENTS
    }
    return msgspec.convert({**values, "environments": environments}, Site)


def _merge(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        former = merged.get(key)
        merged[key] = _merge(former, value) if isinstance(former, dict) and isinstance(value, Mapping) else value
    return merged


def _site(text: str, findings: Findings, *, any_endpoint: bool) -> Site | None:
    if _holds_secret(text, findings):
        return None  # nothing else is said: another message could show it
    root = parse(text, findings)
    if findings.errors:
        return None
    values = {} if root is None or _nothing(root) else site_shape().read(root, findings)
    if values is UNSET:
        return None
    try:
        site = complete(values)
    except msgspec.ValidationError:
        assert findings.errors, "values that were read without a finding make a site"
        return None
    for level, found in (
        (Level.ERROR, site_rules.problems(site, any_endpoint=any_endpoint)),
        (Level.WARNING, site_rules.warnings(site)),
    ):
        for key, what, remedy in found:
            findings.add(locate(root, key.split(".")), f"{key}: {what}", remedy, severity=level)
    return None if findings.errors else site


def _nothing(root: Node) -> bool:
    return isinstance(root, Scalar) and root.value is None


def _holds_secret(text: str, findings: Findings) -> bool:
    found = False
    for number, line in enumerate(text.splitlines(), 1):
        secret = looks_secret(line)
        if secret:
            remedy = "take it out, keep it in Secrets Manager, and replace it where it is used: it may be known now"
            findings.add((number, secret.start() + 1), "here stands what looks like a secret", remedy)
            found = True
    return found
