"""A runbook as frozen types: what the YAML file says after every reference in it was resolved."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct


class Family(StrEnum):
    SETUP = "setup"
    DEPLOYMENT = "deployment"
    VALIDATION = "validation"
    ROLLBACK = "rollback"
    SCALING = "scaling"
    DR = "dr"
    MAINTENANCE = "maintenance"
    INCIDENT = "incident"


class Sign(Struct, frozen=True, kw_only=True):
    """A value that a check of the step has seen: ``evidence`` is its dotted path, places of lists are numbers."""

    check: str
    evidence: str
    among: tuple[str, ...]


class Option(Struct, frozen=True, kw_only=True):
    """One answer to a question. ``go`` is a step id, or None for the next step in the file. One of the signs ``when``
    is enough to propose it; the operator still answers. ``why`` is what has to be said with it, where anything has."""

    label: str
    go: str | None = None
    why: str = ""
    when: tuple[Sign, ...] = ()


class Ask(Struct, frozen=True, kw_only=True):
    question: str
    options: Mapping[str, Option]


class Wait(Struct, frozen=True, kw_only=True):
    """Repeat the checks ``until`` all pass (see ``Verdict.settles``). ``timeout`` and ``every`` are seconds.

    ``progress`` names the sources that tell meanwhile how far it has come.
    """

    until: tuple[str, ...]
    timeout: float
    every: float = 15.0
    progress: tuple[str, ...] = ()


class Offer(Struct, frozen=True, kw_only=True):
    """The change that a step is there for: an action's id, and the inputs that the runbook already knows.

    They may hold ``{{ site.… }}`` and ``{{ env.… }}``. When all checks of ``unless`` pass, what it is there for is so
    already and the step may be left without it. ``at_once``: a screen plans it as soon as nothing holds it up, with the
    usual answers; it is confirmed like any other.
    """

    use: str
    inputs: Mapping[str, str] = {}
    unless: tuple[str, ...] = ()
    at_once: bool = False


class Step(Struct, frozen=True, kw_only=True):
    """``checks`` and ``wait.until`` hold whole check ids: the loader has expanded every pattern.

    ``before`` are asked before the ``action`` and hold it up; ``after`` say whether it did what it should. ``wait``
    begins when the action has ended, or with the step where it has none. ``restores``: what was changed for a while
    only is taken back when the step is entered.
    ``confirm`` is a statement that the operator makes about work done by hand. ``otherwise`` is the step
    to go to when a check fails; ``next`` overrides the order of the file; ``end`` makes this the last step.
    ``by_hand`` is the AWS CLI call of the same work, ``console`` the AWS console's page; both may hold
    ``{{ site.… }}`` and ``{{ env.… }}``, filled by ``engine.fill``.
    """

    id: str
    title: str
    text: str = ""
    guide: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    action: Offer | None = None
    after: tuple[str, ...] = ()
    confirm: str | None = None
    ask: Ask | None = None
    wait: Wait | None = None
    otherwise: str | None = None
    restores: bool = False
    next: str | None = None
    end: bool = False
    by_hand: tuple[str, ...] = ()
    console: str | None = None

    @property
    def all_checks(self) -> tuple[str, ...]:
        """Checks of the step, of its action and of its wait, each once, in order."""
        until = self.wait.until if self.wait else ()
        unless = self.action.unless if self.action else ()
        return tuple(dict.fromkeys((*self.checks, *self.before, *unless, *until, *self.after)))


class Runbook(Struct, frozen=True, kw_only=True):
    """``text`` is the file's whole text and ``sha256`` its hexadecimal digest: both go into the journal."""

    id: str
    title: str
    family: Family
    outcome: str
    steps: tuple[Step, ...]
    guide: tuple[str, ...] = ()
    environments: tuple[str, ...] = ("staging", "prod")
    text: str = ""
    sha256: str = ""

    def step(self, step_id: str) -> Step:
        """KeyError when there is no such step; the loader makes sure that every reference has one."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def number(self, step_id: str) -> int:
        """Place in the file, from 1."""
        return next(n for n, step in enumerate(self.steps, 1) if step.id == step_id)

    def following(self, step: Step) -> str | None:
        """The step after this one when nothing branches; None after the last."""
        if step.end:
            return None
        if step.next is not None:
            return step.next
        place = self.number(step.id)
        return self.steps[place].id if place < len(self.steps) else None

    def ways_out(self, step: Step) -> Iterator[tuple[str | None, bool]]:
        """Each step that may follow, and whether a human decision takes that way."""
        if step.ask is not None:
            for option in step.ask.options.values():
                yield (option.go if option.go is not None else self.following(step)), True
        else:
            yield self.following(step), False
        if step.otherwise is not None:
            yield step.otherwise, False
