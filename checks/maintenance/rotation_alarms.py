"""Guide 9.3: somebody hears of it when a secret is rotated, or when that fails."""

from typing import Any, Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.events import Rule
from runbook_tui.aws.facts.policy_document import Document
from runbook_tui.aws.facts.rotation_watch import EVENTS, is_about, may_publish
from runbook_tui.aws.facts.secrets import Secret
from runbook_tui.aws.together import each, together
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Status, Verdict, fail

PROCEDURE: Final = "review.rotation-alarms"


class _Watch(Struct, frozen=True, kw_only=True):
    """A rule that is about secrets, and where it sends."""

    rule: Rule
    targets: tuple[str, ...]


@check(
    "review.rotation-alarms",
    guide="9.3",
    severity="medium",
    scope="shared",
    needs=[
        "events:ListRules",
        "events:ListTargetsByRule",
        "secretsmanager:DescribeSecret",
        "sns:GetTopicAttributes",
    ],
)
def rotation_alarms(aws: Aws, site: Site) -> Verdict:
    """A rule tells the topic of every rotation, and there is a procedure for what comes then."""
    names = {name: env.secret_name for name, env in site.environments.items()}
    rules, secrets = together(
        lambda: aws.events.rules(site.obs.rotation_rule or ""),
        lambda: dict(zip(names, each(aws.secrets.secret, names.values()), strict=True)),
    )
    arn = topic_arn(aws, site)
    about = [one for one in rules if any(is_about(one, secret, site) for secret in secrets.values())]
    targets = each(lambda one: aws.events.targets(one.name), about)
    watches = [_Watch(rule=rule, targets=its) for rule, its in zip(about, targets, strict=True)]
    document = aws.sns.topic(arn).policy
    wrong = {name: _wrong(watches, secret, arn, document, site) for name, secret in secrets.items()}
    evidence: dict[str, Any] = {
        "rules": {one.rule.name: {"state": one.rule.state, "targets": list(one.targets)} for one in watches},
        "topic": arn,
        "rotation": {name: secret.arn for name, secret in secrets.items()},
    }
    remedy = "put a rule for Secrets Manager's CloudTrail events with the topic as its target (needs a trail)"
    if wrong.get("prod"):
        return fail(f"nobody hears of prod's rotations: {wrong['prod']}", remedy, **evidence)
    concerns = [f"nobody hears of {name}'s rotations: {why}" for name, why in wrong.items() if why]
    procedure = attested(aws, PROCEDURE, "", "the procedure of a failed rotation is written down", row_says_pass=True)
    if procedure.status is not Status.PASS:
        concerns.append(procedure.because)
        remedy = procedure.remedy if not any(wrong.values()) else remedy
    good = f"{', '.join(one.rule.name for one in watches)} tells the topic; {procedure.because}"
    return warn_or_pass(concerns, good, remedy, **evidence, procedure=dict(procedure.evidence))


def _wrong(watches: list[_Watch], secret: Secret, topic: str, document: Document, site: Site) -> str:
    """Why nothing of this secret is heard; empty when it is."""
    meant = [one for one in watches if is_about(one.rule, secret, site)]
    if not meant:
        return "no rule is about its secret"
    enabled = [one for one in meant if one.rule.enabled]
    if not enabled:
        return f"{meant[0].rule.name} is {meant[0].rule.state.lower() or 'not enabled'}"
    heard = [one for one in enabled if topic in one.targets]
    if not heard:
        return f"{enabled[0].rule.name} does not send to the topic"
    if not any(may_publish(document, topic, one.rule.arn, site) for one in heard):
        return f"the topic's policy does not let {EVENTS} publish"
    return ""
