"""The order of the questions. What was answered stands in nested values; nothing is written here."""

from collections.abc import Sequence
from typing import Any, Final

from runbook_tui.catalogue import site_answers
from runbook_tui.catalogue.shapes import Choice, Flag, Maybe
from runbook_tui.catalogue.site_answers import answer_text, known_values, parse_answer, put, value_at
from runbook_tui.catalogue.site_file import complete
from runbook_tui.catalogue.site_shape import shape_of
from runbook_tui.cli.asking import Asker
from runbook_tui.cli.discovery import Discovery, Found
from runbook_tui.cli.questions import QUESTIONS, SECTIONS, SIGN_IN, Section, follow_ups
from runbook_tui.core.limits import shown
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.site import Site
from runbook_tui.core.site_limits import LIMITS

_REAL: Final = "real: an AWS account"
_PRACTISE: Final = "simulator: practise on this machine, without any account"
_OTHER: Final = "something else"


class Wizard:
    """``given`` are the values to begin with; ``walk`` returns them with every answer, allowed as a whole."""

    def __init__(self, asker: Asker, discovery: Discovery, given: dict[str, Any], os_user: str) -> None:
        self._asker = asker
        self._discovery = discovery
        self._given = given
        if not self.site.operator.name:
            self._put("operator.name", os_user)

    @property
    def site(self) -> Site:
        return complete(self._given)

    def walk(self, *, simulator: bool = False) -> Site:
        if simulator:
            self._put("mode", "simulator")
        else:
            chosen = self._asker.choose("What is this for?", (_REAL, _PRACTISE), _PRACTISE)
            self._put("mode", chosen.partition(":")[0])
        if not self.site.simulated:
            self._sign_in()
        self._ask("site.name")
        self._ask("operator.name")
        for section in SECTIONS:
            self._section(section)
        while wrong := site_answers.all_wrong(self._given):
            key, what, remedy = wrong[0]
            self._asker.say(f"  ✘ {key}: {what}; {remedy}")
            self._ask(site_answers.askable(key))
        return self.site

    def _sign_in(self) -> None:
        for key in (*SIGN_IN, "aws.region"):
            self._ask(key)
        self._asker.say("Looking what exists already …")
        found = self._discovery.look(self.site)
        for sentence in found.unseen:
            self._asker.say(f"  ? {sentence}")
        account = found.account
        if account and self._asker.yes(f"You are {found.arn}. Is {account} the account?", default=True):
            self._put("aws.account_id", account)
        else:
            self._ask("aws.account_id")
        self._offer(found)

    def _offer(self, found: Found) -> None:
        """What exists is offered, with the guide's own names first; a mistaken offer is asked again later."""
        self._pick("Which cluster?", "ecs.cluster", found.clusters)
        self._pick("Which load balancer?", "alb.name", found.load_balancers)
        for environment in self.site.environments:
            self._pick(f"Which service is {environment}?", f"environments.{environment}.service", found.services)
        zones = {zone.name: zone.id for zone in found.zones}
        self._pick("Which DNS zone?", "domain.zone", tuple(zones))
        if self.site.domain.zone in zones:
            self._put("domain.hosted_zone_id", zones[self.site.domain.zone])
        self._pick_vpc(found)

    def _pick_vpc(self, found: Found) -> None:
        vpcs = {f"{vpc.id} {vpc.name} {vpc.cidr}".replace("  ", " "): vpc for vpc in found.vpcs}
        named = [label for label, vpc in vpcs.items() if vpc.name == self.site.net.vpc_name]
        if not vpcs:
            return
        chosen = vpcs.get(self._asker.choose("Which VPC?", (*vpcs, _OTHER), named[0] if named else _OTHER))
        if chosen is None:
            return
        self._put("net.vpc_id", chosen.id)
        self._put("net.cidr", chosen.cidr)
        for key, subnets in (
            ("net.public_subnets", chosen.public_subnets),
            ("net.private_subnets", chosen.private_subnets),
        ):
            if len(subnets) >= 2:
                self._put(key, list(subnets))

    def _pick(self, question: str, key: str, names: Sequence[str]) -> None:
        allowed = [name for name in names if not site_answers.judge(put(self._given, key, name), key)]
        if not allowed:
            return
        usual = answer_text(value_at(self.site, key))
        chosen = self._asker.choose(question, (*allowed, _OTHER), usual if usual in allowed else _OTHER)
        if chosen != _OTHER:
            self._put(key, chosen)

    def _section(self, section: Section) -> None:
        for key in section.always:
            self._ask(key)
        site = self.site
        keys = [key for one in section.keys for key in (one, *follow_ups(site, one))]
        wrong = [key for key in keys if site_answers.judge(self._given, key)]
        self._asker.say(f"\n{section.title}")
        for key in keys:
            self._asker.say(f"  {key:<42} {answer_text(value_at(site, key)) or '–'}")
        if wrong or not self._asker.yes(f"{section.title}: use these?", default=True):
            for key in section.keys:
                self._ask(key)
                for more in follow_ups(self.site, key):
                    self._ask(more)

    def _ask(self, key: str) -> None:
        shape = shape_of(key)
        inner = shape.shape if isinstance(shape, Maybe) else shape
        question = QUESTIONS.get(key, key)
        usual = value_at(self.site, key)
        limit = LIMITS.get(key.replace("staging", "*").replace("prod", "*") if key.startswith("environments.") else key)
        if isinstance(inner, Flag):
            self._put(key, self._asker.yes(question, default=bool(usual)))
        elif isinstance(inner, Choice) or (limit is not None and limit.choices and not isinstance(shape, Maybe)):
            choices = [answer_text(choice) for choice in (limit.choices if limit else inner.limit.choices)]
            text = self._asker.choose(question, choices, answer_text(usual))
            # A choice can be at odds with other answers (endpoints off without NAT): then it is asked again.
            while why := self._judge(key, text):
                self._asker.say(f"  ✘ {why}")
                text = self._asker.choose(question, choices, text)
            self._put(key, parse_answer(key, text))
        else:
            text = self._asker.text(question, answer_text(usual), lambda typed: self._judge(key, typed))
            self._put(key, parse_answer(key, text))

    def _judge(self, key: str, text: str) -> str:
        try:
            value = parse_answer(key, text)
        except UsageProblem as problem:
            return f"{problem.what}; {problem.remedy}"
        if value in ("", None) and key in ("aws.account_id", "domain.zone", "operator.name"):
            return f"{QUESTIONS[key]}: this is needed"
        return site_answers.judge(put(self._given, key, value), key)

    def _put(self, key: str, value: Any) -> None:
        self._given = put(self._given, key, value)


def summary(site: Site) -> list[str]:
    """What differs from a site that was left as the guide says, one line a key."""
    plain = known_values(complete({}))
    return [
        f"  {key:<42} {answer_text(value) or shown('')}"
        for key, value in known_values(site).items()
        if plain.get(key) != value
    ]
