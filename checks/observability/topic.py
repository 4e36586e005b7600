"""The topic that alarms tell, and who listens (guide 8.2)."""

from typing import Final

from checks.concerns import named, warn_or_pass
from checks.observability.may_publish import judged, may
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.policy import Decision, Judgement
from runbook_tui.aws.facts.sns import CREATE_TOPIC, TOPIC, Subscription, Topic
from runbook_tui.catalogue.registry import check
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown

_USES_KEY: Final = ("kms:Decrypt", "kms:GenerateDataKey")
_OWN_KEY: Final = (
    "use a key of your own whose policy lets cloudwatch.amazonaws.com kms:Decrypt and kms:GenerateDataKey*"
)


@check(
    "sns.topic",
    guide="8.2",
    severity="high",
    scope="shared",
    needs=["kms:DescribeKey", "kms:GetKeyPolicy", "sns:GetTopicAttributes", "sns:ListTopics"],
    establishes=[TOPIC],
)
def topic(aws: Aws, site: Site) -> Verdict:
    """The topic exists, and CloudWatch may publish to it."""
    arn = topic_arn(aws, site)
    if arn not in aws.sns.topics() and _is_ours(arn, site):
        raise Missing(TOPIC, arn, remedy=CREATE_TOPIC)
    found = aws.sns.topic(arn)
    evidence = {"arn": arn, "key": found.key or "none"}
    publish = may(found.policy, "sns:Publish", arn, site, owner=True)
    if publish.decision is Decision.CONDITIONAL:
        return _unsure("whether CloudWatch may publish", publish, arn)
    if not publish.allowed:
        remedy = "let cloudwatch.amazonaws.com sns:Publish in the topic's policy"
        return fail(f"the policy of {found.arn} does not let CloudWatch publish", remedy, **evidence)
    if found.key:
        return _with_key(aws, site, found)
    return passed(f"{arn.rpartition(':')[2]} exists, and CloudWatch may publish to it", **evidence)


def _is_ours(arn: str, site: Site) -> bool:
    """A topic of another account is in no list of ours."""
    return not site.aws.account_id or arn.split(":")[4:5] == [site.aws.account_id]


def _with_key(aws: Aws, site: Site, found: Topic) -> Verdict:
    key = aws.permission.key(found.key)
    evidence = {"arn": found.arn, "key": found.key, "key_of_customer": key.is_of_customer}
    if found.key.endswith("alias/aws/sns") or not key.is_of_customer:
        because = f"it is encrypted with {found.key}, whose policy nobody can change: CloudWatch never publishes to it"
        return fail(because, _OWN_KEY, **evidence)
    document = aws.permission.key_policy(key.arn)
    answers = {action: may(document, action, key.arn, site, owner=False) for action in _USES_KEY}
    doubt = judged(answers.values())
    if doubt is not None:
        return _unsure("whether CloudWatch may use the topic's key", doubt, key.arn)
    refused = [action for action, answer in answers.items() if not answer.allowed]
    if refused:
        because = f"the policy of {key.arn} does not let CloudWatch {', '.join(refused)}: it never publishes"
        return fail(because, _OWN_KEY, **evidence)
    good = f"{found.arn.rpartition(':')[2]} exists, and CloudWatch may publish to it and use its key"
    return passed(good, **evidence)


def _unsure(what: str, answer: Judgement, arn: str) -> Verdict:
    keys = sorted(answer.keys)
    return unknown(Cause.UNDECIDED, f"{what} depends on {', '.join(keys)}", f"look at the policy of {arn}", keys=keys)


@check(
    "sns.subscriptions",
    guide="8.2",
    severity="high",
    scope="shared",
    needs=["sns:ListSubscriptionsByTopic"],
)
def subscriptions(aws: Aws, site: Site) -> Verdict:
    """Somebody has confirmed that he wants to hear the alarms."""
    found = aws.sns.subscriptions(topic_arn(aws, site))
    confirmed = [one for one in found if one.confirmed]
    waiting = [one for one in found if one.subscription_arn == "PendingConfirmation"]
    evidence = {
        "confirmed": [one.masked for one in confirmed],
        "pending": [one.masked for one in waiting],
        "deleted": len(found) - len(confirmed) - len(waiting),
    }
    if not confirmed:
        because = f"{named(len(waiting), 'subscription')} not confirmed" if waiting else "nobody is subscribed"
        return fail(f"{because}: no alarm reaches anybody", "subscribe, and confirm in the mail that comes", **evidence)
    concerns = [f"{one.masked} is not confirmed" for one in waiting]
    concerns += [f"{one.masked} is deleted" for one in found if one.subscription_arn == "Deleted"]
    concerns += [f"{one.masked} is not subscribed" for one in _wanted(site) if not _among(one, found)]
    remedy = "confirm it in the mail that came, or subscribe again"
    return warn_or_pass(concerns, f"{named(len(confirmed), 'subscription')} confirmed", remedy, **evidence)


def _wanted(site: Site) -> list[Subscription]:
    return [Subscription.of(one.protocol, one.endpoint) for one in site.obs.subscriptions]


def _among(wanted: Subscription, found: tuple[Subscription, ...]) -> bool:
    return any((one.protocol, one.endpoint) == (wanted.protocol, wanted.endpoint) for one in found)
