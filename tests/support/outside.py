"""The world outside as a test says it is: a resolver that answers by name, and what a check makes of it."""

from collections.abc import Mapping

from runbook_tui.aws.probe import Failure, Resolved
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict
from tests.support.backend_site import PROD
from tests.support.facts import NOON, Answers, FakeReader, aws_of
from tests.support.ingress_ground import ALB_NAME, NAME_SERVERS

HERE = "203.0.113.7"
Heard = Resolved | Failure | None
OUTSIDE: Mapping[str, Heard] = {
    "asharvi.dev": Resolved(code="NOERROR", data=NAME_SERVERS),
    PROD.host: Resolved(code="NOERROR", data=(HERE, "203.0.113.9")),
    ALB_NAME: Resolved(code="NOERROR", data=("203.0.113.8", HERE)),
}


class Resolver:
    """Answers by name; ``{}`` is a simulated world, where nobody is asked."""

    def __init__(self, answers: Mapping[str, Heard]) -> None:
        self.answers = answers

    def resolve(self, name: str, kind: str) -> Heard:
        return self.answers.get(name)


def said(check: str, given: Answers, heard: Mapping[str, Heard], site: Site) -> tuple[Verdict, FakeReader]:
    reader = FakeReader(given)
    return ask(all_checks()[check], aws_of(reader, NOON, Resolver(heard)), site, "prod"), reader
