"""``runbook-tui attest``: state what no call can tell, list what was stated, take it back."""

import argparse
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from runbook_tui import options
from runbook_tui.cli.output import data, tell
from runbook_tui.core.attestation import LONGEST_DAYS, LONGEST_STATEMENT, Attestation
from runbook_tui.core.events import Attested
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.text import clean

if TYPE_CHECKING:
    from runbook_tui.catalogue.registry import Check
    from runbook_tui.core.site import Site
    from runbook_tui.wiring.kit import Kit


def add(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="attest", required=True, metavar="list|add|revoke")
    # The same options before and after the verb: the latter must not undo the former when they are left out.
    absent = argparse.SUPPRESS
    about = "every statement that was not taken back, and whether it still holds"
    listing = verbs.add_parser("list", help=about, argument_default=absent)
    about = "state that you have seen what the check asks for"
    stating = verbs.add_parser("add", help=about, argument_default=absent)
    revoking = verbs.add_parser("revoke", help="take a statement back", argument_default=absent)
    for verb in (stating, revoking):
        verb.add_argument("check", metavar="CHECK", help="the check's id")
        verb.add_argument("--env", metavar="E", default=None, help="staging or prod; none for a shared check")
    stating.add_argument("--text", required=True, help="what you have seen, and where; never a secret")
    stating.add_argument(
        "--expires", required=True, metavar="90d|2027-01-31", help=f"its last day, at most {LONGEST_DAYS} days ahead"
    )
    revoking.add_argument("--text", default="", help="why")
    for verb in (parser, listing, stating, revoking):
        options.add_site(verb)
        options.add_access(verb)


def run(args: argparse.Namespace) -> int:
    from runbook_tui.wiring.kit import Kit

    site = options.the_site(args)
    kit = Kit(site, options.access(args), options.state_dir(args, site))
    match args.attest:
        case "list":
            return _list(args, kit)
        case "add":
            today = kit.clock.now().date()
            return _state(args, kit, _text(args.text), last_day(args.expires, today))
        case _:
            return _revoke(args, kit)


def last_day(words: str, today: date) -> date:
    """``90d`` from today, or a day. UsageProblem for anything else, the past, and what is too far ahead."""
    days = re.fullmatch(r"([1-9][0-9]{0,3})d", words)
    try:
        found = today + timedelta(days=int(days[1])) if days else date.fromisoformat(words)
    except ValueError as error:
        raise UsageProblem(f"{words} is no day", "write 90d, or a day such as 2027-01-31") from error
    latest = today + timedelta(days=LONGEST_DAYS)
    if not today <= found <= latest:
        raise UsageProblem(f"a statement of {today} cannot hold until {found}", f"choose a day until {latest}")
    return found


def _text(given: str) -> str:
    if not given.strip():
        raise UsageProblem("an empty statement says nothing", "say what you have seen, and where")
    if len(given.strip()) > LONGEST_STATEMENT:
        raise UsageProblem(
            f"a statement has at most {LONGEST_STATEMENT} characters", "say it shorter, or name a ticket"
        )
    return given.strip()


def _state(args: argparse.Namespace, kit: "Kit", text: str, expires: date) -> int:
    environment = environment_of(args.check, args.env, kit.checks.registry, kit.site)
    account = kit.identity.account
    event = Attested(check=args.check, environment=environment, account=account, text=text, expires=expires)
    _record(args, kit, event)
    data(f"attested {args.check} {environment or 'shared'} until {expires}")
    return 0


def _revoke(args: argparse.Namespace, kit: "Kit") -> int:
    environment = environment_of(args.check, args.env, kit.checks.registry, kit.site)
    standing = [one for one in _standing(args, kit) if (one.check, one.environment) == (args.check, environment)]
    if not standing:
        raise UsageProblem(
            f"there is no statement about {args.check} in {environment or 'both environments'}",
            "see: runbook-tui attest list",
        )
    event = Attested(
        check=args.check,
        environment=environment,
        account=kit.identity.account,
        text=args.text.strip()[:LONGEST_STATEMENT],
        expires=kit.clock.now().date(),
        revoked=True,
    )
    _record(args, kit, event)
    data(f"revoked {args.check} {environment or 'shared'}")
    return 0


def _record(args: argparse.Namespace, kit: "Kit", event: Attested) -> None:
    from runbook_tui.audit.attestations import record

    folder = options.state_dir(args, kit.site)
    record(folder, event, kit.by, world=kit.world, now=kit.clock.now, redactor=kit.redactor)


def environment_of(check: str, wanted: str | None, checks: Mapping[str, "Check"], site: "Site") -> str:
    """Empty for a check that both environments share. UsageProblem when the two do not fit together."""
    from runbook_tui.catalogue.suggest import did_you_mean

    if check not in checks:
        raise UsageProblem(f"no check is called {check}", did_you_mean(check, checks) or "see: runbook-tui list checks")
    if not checks[check].per_environment:
        if wanted:
            raise UsageProblem(f"{check} is asked once for all environments", "leave --env out")
        return ""
    if wanted is None:
        raise UsageProblem(f"{check} is asked in each environment", f"add --env {'|'.join(site.environments)}")
    return options.the_environments(site, wanted)[0]


def _standing(args: argparse.Namespace, kit: "Kit") -> tuple[Attestation, ...]:
    from runbook_tui.audit.attestations import Attestations

    folder = options.state_dir(args, kit.site)
    return Attestations(folder, kit.world, lambda: kit.identity.account).all()


def _list(args: argparse.Namespace, kit: "Kit") -> int:
    found = _standing(args, kit)
    if not found:
        tell("nothing is attested in this account")
    today = kit.clock.now().date()
    for one in found:
        word = "✔ holds  " if one.holds(today) else "✘ expired"
        about = f"{one.check}  {one.environment or 'shared'}  until {one.expires}"
        data(f"{word}  {about}  by {clean(one.name)} on {one.at:%Y-%m-%d}  {clean(one.text)}")
    return 0
