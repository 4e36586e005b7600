"""Options that every verb shares: which site, where the state is kept, how to reach AWS."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from runbook_tui.core.problems import SiteProblem, UsageProblem
from runbook_tui.core.site import Site
from runbook_tui.engine.access import Access


def add_site(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where")
    group.add_argument("--site", metavar="FILE", help="the site file (else RUNBOOK_TUI_SITE, ./runbook-tui.yaml, …)")
    add_state(group)


def add_state(group: "argparse._ArgumentGroup | argparse.ArgumentParser") -> None:
    group.add_argument("--state-dir", metavar="DIR", help="runs and attestations (else RUNBOOK_TUI_STATE_DIR, …)")


def add_access(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("AWS (as the aws CLI means them)")
    group.add_argument("--profile", metavar="NAME")
    group.add_argument("--region")
    group.add_argument("--endpoint-url", metavar="URL")
    group.add_argument("--allow-endpoint", action="store_true", help="accept an endpoint that is not on loopback")
    group.add_argument("--await-endpoint", type=float, default=0.0, help=argparse.SUPPRESS)  # demo's own


def add_environment(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--env", metavar="E", required=required, help="staging or prod")


def the_site(args: argparse.Namespace) -> Site:
    """SiteProblem when there is none or it is wrong."""
    from runbook_tui.catalogue.site_file import find_site, load_site

    return load_site(find_site(args.site), any_endpoint=getattr(args, "allow_endpoint", False))


def state_dir(args: argparse.Namespace, site: Site | None = None) -> Path:
    """``--state-dir`` > ``RUNBOOK_TUI_STATE_DIR`` > ``audit.dir`` of the site > the platform's state folder."""
    given = args.state_dir or os.environ.get("RUNBOOK_TUI_STATE_DIR") or (site.audit.dir if site else None)
    if given:
        return Path(given).expanduser().absolute()
    from platformdirs import user_state_path

    return user_state_path("runbook-tui")


def access(args: argparse.Namespace) -> Access:
    return Access(
        profile=args.profile,
        region=args.region,
        endpoint_url=args.endpoint_url,
        allow_endpoint=args.allow_endpoint,
        await_endpoint=args.await_endpoint,
    )


def access_words(args: argparse.Namespace) -> Sequence[str]:
    """The AWS options as words again, for a child process."""
    words: list[str] = []
    for name in ("profile", "region", "endpoint_url"):
        value = getattr(args, name, None)
        if value:
            words += [f"--{name.replace('_', '-')}", value]
    if getattr(args, "await_endpoint", 0.0):
        words += ["--await-endpoint", str(args.await_endpoint)]
    return [*words, "--allow-endpoint"] if getattr(args, "allow_endpoint", False) else words


def the_environments(site: Site, wanted: str | None) -> tuple[str, ...]:
    """The environment that was named, or all of the site's. UsageProblem for one that it has not."""
    if wanted is None:
        return tuple(site.environments)
    if wanted not in site.environments:
        raise UsageProblem(
            f"the site has no environment {wanted}", f"one of: {', '.join(site.environments) or 'none is defined'}"
        )
    return (wanted,)


def site_if_any(args: argparse.Namespace) -> Site | None:
    """The site, or None where none was named and none is found: verbs that only read journals need none."""
    try:
        return the_site(args)
    except SiteProblem:
        if args.site:
            raise
        return None
