"""From a snapshot to ranked causes. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from runbook_tui.core.site import Environment, Site
from runbook_tui.triage.changes import Change, just_before, last_change
from runbook_tui.triage.onset import Shift
from runbook_tui.triage.order import ranked
from runbook_tui.triage.rule import Evidence, Found, Rule, all_rules, sign
from runbook_tui.triage.scene import Scene
from runbook_tui.triage.snapshot import PARTS, Snapshot, Unseen, seen
from runbook_tui.triage.symptoms import symptoms

LIKELY: Final = 0.5  # below, a cause is only possible
BOOST: Final = 0.15
CERTAIN: Final = 0.99
UNSEEN_COSTS: Final = 0.1
UNSEEN_MOST: Final = 0.3


class Cause(Struct, frozen=True, kw_only=True):
    """``inputs`` are the environment, answers to the runbook's first questions, and the action if there is one."""

    rule: str
    cause: str
    confidence: float
    signs: tuple[Evidence, ...]
    against: tuple[Evidence, ...]
    confirm: tuple[str, ...]
    runbook: str
    inputs: Mapping[str, str]

    @property
    def likely(self) -> bool:
        return self.confidence >= LIKELY


class Outcome(StrEnum):
    NOTHING = "nothing wrong"
    CAUSES = "causes found"
    UNDECIDED = "undecided"


class Diagnosis(Struct, frozen=True, kw_only=True):
    """``causes`` are ranked: the likely ones in the order of their precedence, then the possible ones."""

    environment: str
    at: datetime
    onset: Shift | None
    symptoms: tuple[Evidence, ...]
    causes: tuple[Cause, ...]
    changes: tuple[Change, ...]
    unseen: tuple[Unseen, ...]

    @property
    def outcome(self) -> Outcome:
        if any(one.likely for one in self.causes):
            return Outcome.CAUSES
        return Outcome.UNDECIDED if self.symptoms or self._blind else Outcome.NOTHING

    @property
    def _blind(self) -> bool:
        """Nothing was seen to be wrong, and what would show it was not all seen."""
        return any(one.operation in NEEDED for one in self.unseen)


# Without one of these nobody can say that nothing is wrong.
NEEDED: Final = frozenset(
    {
        "ecs:DescribeServices",
        "ecs:DescribeTasks",
        "ecs:ListTasks",
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticloadbalancing:DescribeTargetGroups",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "https",
    }
)


def diagnose(snapshot: Snapshot, site: Site, env: Environment) -> Diagnosis:
    scene = Scene(snapshot, site, env)
    rules = all_rules()
    matched = {name: found for name, rule in rules.items() if (found := rule.signal(scene)) is not None}
    noticed = symptoms(scene)
    causes = [_cause(rules[name], found, scene) for name, found in matched.items()]
    if noticed and not causes:
        causes = [_unknown(scene)]
    return Diagnosis(
        environment=env.name,
        at=snapshot.at,
        onset=scene.onset,
        symptoms=noticed,
        causes=ranked(causes, rules, LIKELY),
        changes=scene.changes,
        unseen=snapshot.unseen,
    )


def _cause(rule: Rule, found: Found, scene: Scene) -> Cause:
    boosts = _boosts(rule, found, scene)
    blind = tuple(_not_seen(scene.snapshot, rule.sees))
    confidence = found.confidence if found.confidence is not None else rule.confidence
    confidence = min(CERTAIN, confidence + BOOST) if boosts and confidence < CERTAIN else confidence
    confidence -= min(UNSEEN_MOST, UNSEEN_COSTS * len(blind))
    action = found.action or rule.action
    answers = _answers(rule, scene)
    inputs = {"environment": scene.env.name, **answers, **({"action": action} if action else {})}
    return Cause(
        rule=rule.id,
        cause=found.cause or rule.cause,
        confidence=round(max(confidence, 0.0), 2),
        signs=(*found.signs, *boosts),
        against=(*found.against, *blind),
        confirm=rule.confirm,
        runbook=rule.runbook,
        inputs=inputs,
    )


def _answers(rule: Rule, scene: Scene) -> Mapping[str, str]:
    """A release that is still on its way is stopped; one that went out is replaced by the one before."""
    if rule.answers.get("decide") != "finished":
        return rule.answers
    service, newest = seen(scene.snapshot.service), next(iter(seen(scene.snapshot.deployments) or ()), None)
    if service and service.deploying:
        return {**rule.answers, "decide": "running"}
    gone_back = newest is not None and newest.status == "ROLLBACK_SUCCESSFUL"
    return {**rule.answers, "decide": "nothing"} if gone_back else rule.answers


def _boosts(rule: Rule, found: Found, scene: Scene) -> tuple[Evidence, ...]:
    onset = scene.onset.at if scene.onset else found.since
    if onset is None or not rule.boosted_by:
        return ()
    near = [one for one in just_before(scene.changes, onset) if one.kind in rule.boosted_by]
    return tuple(sign(f"changed just before: {_told(one)}", "changes", one.at) for one in near[-2:])


def _told(change: Change) -> str:
    by = f" by {change.who}" if change.who else ""
    return f"{change.what}{by}" + (f" ({change.resource})" if change.resource else "")


def _not_seen(snapshot: Snapshot, parts: Iterable[str]) -> Iterable[Evidence]:
    for name in parts:
        reading = getattr(snapshot, name) if name in PARTS else snapshot.checks.get(name)
        if isinstance(reading, Unseen):
            yield sign(f"not seen: {reading.operation} ({reading.why})", name)


def _unknown(scene: Scene) -> Cause:
    """T0: nothing matches. The last change, and whom to call."""
    last = last_change(scene.changes, scene.onset.at if scene.onset else scene.at)
    signs = [sign(f"the last change before: {_told(last)}", "changes", last.at)] if last else []
    return Cause(
        rule="T0",
        cause="unknown: no rule fits what is seen; take back the last change, or escalate",
        confidence=0.0,
        signs=tuple(signs),
        against=(),
        confirm=("ecs.service.steady", "tg.targets-healthy", "alarm.states"),
        runbook="rollback" if last else "",
        inputs={"environment": scene.env.name},
    )
