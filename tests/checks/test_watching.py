"""Dashboards, topics, subscriptions, traces and logs of guide section 8."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing, Unsupported
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site, Subscription
from runbook_tui.core.verdict import Cause, Status
from tests.support import raw_cloudwatch as raw
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import ENVIRONMENTS, PROD, SITE, ago, site_with, with_environment
from tests.support.facts import Answers, with_answer
from tests.support.raw_ecs import container, task, task_definition
from tests.support.raw_elb import log_group
from tests.support.watched import (
    INSIGHTS,
    NAMESPACE,
    WATCHED,
    changed,
    dashboards,
    events_at,
    groups,
    healthy,
    key_statement,
    metric_filter,
    streams,
    with_sidecar,
)

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
NOBODY = Missing("sns:topic", raw.TOPIC)


def obs(**changes: Any) -> Site:
    return replace(WATCHED, obs=replace(WATCHED.obs, **changes))


def one_of(check: str, site: Site = WATCHED, **worlds: Any) -> Iterator[Case]:
    for world in worlds.values():
        status, given, *says = world
        yield Case(check=check, status=status, given=given, says=tuple(says), site=site)


def shown(*widgets: Any) -> Answers:
    return changed("cloudwatch", "get_dashboard", dashboards(json.dumps({"widgets": list(widgets)})))


def drawn(text: str) -> Answers:
    return changed("cloudwatch", "get_dashboard", dashboards(text))


def on_dashboard() -> Iterator[Case]:
    yield from one_of(
        "dash.exists",
        well=(PASS, healthy(), "asharvi-backend-prod has 4 widgets"),
        gone=(FAIL, changed("cloudwatch", "get_dashboard", Missing("cloudwatch:resource", "x")), "not found"),
        no_json=(FAIL, drawn("{"), "no JSON"),
        no_widgets=(FAIL, drawn('{"widgets": {}}'), "no list of widgets"),
        empty=(PASS, shown(), "0 widgets"),
    )
    own = raw.widget([NAMESPACE, "Orders"])
    whole = json.loads(raw.body())["widgets"]
    latency, load, tasks, _ = whole
    service = ["ClusterName", SITE.ecs.cluster, "ServiceName", PROD.service]
    recreated = raw.widget(
        ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", f"app/{SITE.alb.name}/0000000000000000"]
    )
    group = raw.widget(["AWS/ApplicationELB", "RequestCount", "TargetGroup", f"targetgroup/{PROD.target_group}/1"])
    samples = raw.widget(["AWS/ECS", "CPUUtilization", *service], stat="SampleCount")
    abroad = {**tasks, "properties": {**tasks["properties"], "region": "us-east-1"}}
    search = "SEARCH('{ECS/ContainerInsights,ClusterName,ServiceName} MetricName=\"RunningTaskCount\"', 'Average')"
    yield from one_of(
        "dash.widgets",
        well=(PASS, shown(*whole, own), "everything that the guide asks for"),
        no_own=(WARN, shown(*whole), f"does not show metrics of {NAMESPACE}"),
        no_latency=(WARN, shown(load, tasks, own), "does not show latency"),
        no_load=(WARN, shown(latency, tasks, own), "does not show CPU, memory"),
        no_tasks=(WARN, shown(latency, load, own), "does not show tasks"),
        samples=(PASS, shown(latency, load, own, samples)),
        search=(PASS, shown(latency, load, own, raw.widget([{"expression": search}]))),
        abroad=(WARN, shown(latency, load, own, abroad), "does not show tasks"),
        recreated=(FAIL, shown(*whole, own, recreated), "deleted", f"app/{SITE.alb.name}/0000000000000000"),
        group=(FAIL, shown(*whole, own, group), f"targetgroup/{PROD.target_group}/1"),
        broken=(SKIP, drawn("[]"), "blocked by dash.exists"),
        gone=(SKIP, changed("elbv2", "describe_load_balancers", {"LoadBalancers": []}), "blocked by alb.exists"),
    )
    yield Case(check="dash.widgets", status=PASS, given=shown(*whole), site=SITE)


def topics() -> Iterator[Case]:
    def with_topic(*statements: Any, **attributes: Any) -> Answers:
        given = {"Policy": raw.policy(*statements)} if statements else {}
        return changed("sns", "get_topic_attributes", raw.topic(**given, **attributes))

    def with_key(policy: str, manager: str = "CUSTOMER", name: str = raw.KEY) -> Answers:
        world = with_topic(KmsMasterKeyId=name)
        world = with_answer(world, "kms", "describe_key", {"KeyMetadata": {"Arn": raw.KEY, "KeyManager": manager}})
        return with_answer(world, "kms", "get_key_policy", {"Policy": policy})

    service = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish"}
    other = {**service, "Principal": {"Service": "events.amazonaws.com"}, "Resource": raw.TOPIC}
    secure = {"Bool": {"aws:SecureTransport": "false"}}
    plain = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": raw.TOPIC, "Condition": secure}
    denied = {**plain, "Condition": {}}
    source = {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:ap-south-1:123456789012:alarm:*"}}
    office = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    foreign = {"StringEquals": {"aws:SourceAccount": "999999999999"}}
    root = {**service, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
    owner = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    own, decrypt_only = raw.policy(owner, key_statement()), raw.policy(key_statement(Action="kms:Decrypt"))
    yield from one_of(
        "sns.topic",
        well=(PASS, healthy(), "asharvi-backend-alerts exists"),
        absent=(FAIL, changed("sns", "list_topics", {"Topics": []}), "not found"),
        neighbour=(FAIL, changed("sns", "list_topics", {"Topics": [{"TopicArn": f"{raw.TOPIC}-2"}]}), "not found"),
        deleted=(FAIL, changed("sns", "get_topic_attributes", NOBODY), "not found"),
        service=(PASS, with_topic(service)),
        root=(PASS, with_topic(root)),
        nobody=(FAIL, with_topic(other), "does not let CloudWatch publish"),
        secure=(PASS, with_topic(raw.by_owner(), plain)),
        denied=(FAIL, with_topic(raw.by_owner(), denied), "does not let CloudWatch publish"),
        source=(PASS, with_topic({**service, "Condition": source})),
        foreign=(FAIL, with_topic({**service, "Condition": foreign}), "does not let CloudWatch publish"),
        office=(UNKNOWN, with_topic({**service, "Condition": office}), "aws:SourceIp"),
        aws_key=(FAIL, with_key(own, "AWS", "alias/aws/sns"), "nobody can change"),
        aws_key_by_id=(FAIL, with_key(own, "AWS"), "nobody can change"),
        own_key=(PASS, with_key(own), "use its key"),
        own_alias=(PASS, with_key(own, name="alias/alerts"), "use its key"),
        only_owner=(FAIL, with_key(raw.policy(owner)), "kms:Decrypt, kms:GenerateDataKey"),
        half=(FAIL, with_key(decrypt_only), "does not let CloudWatch kms:GenerateDataKey"),
        somewhere=(UNKNOWN, with_key(raw.policy(key_statement(Condition=office))), "aws:SourceIp"),
    )
    abroad = "arn:aws:sns:ap-south-1:999999999999:alerts"
    there = with_topic({**service, "Resource": abroad}, TopicArn=abroad)
    yield Case(check="sns.topic", status=PASS, given=there, site=obs(topic_arn=abroad))


def listeners() -> Iterator[Case]:
    def listed(*subscriptions: Any) -> Answers:
        return changed("sns", "list_subscriptions_by_topic", {"Subscriptions": list(subscriptions)})

    pending = raw.subscription("PendingConfirmation", endpoint="second@asharvi.dev")
    deleted = raw.subscription("Deleted", "https", "https://user:pass@hooks.example.org/x?token=1")
    yield from one_of(
        "sns.subscriptions",
        well=(PASS, healthy(), "1 subscription confirmed"),
        none=(FAIL, listed(), "nobody is subscribed"),
        pending=(FAIL, listed(pending), "1 subscription not confirmed"),
        deleted=(FAIL, listed(deleted), "nobody is subscribed"),
        one_pending=(WARN, listed(raw.subscription(), pending), "s…@asharvi.dev is not confirmed"),
        one_deleted=(WARN, listed(raw.subscription(), deleted), "https hooks.example.org is deleted"),
        no_topic=(SKIP, changed("sns", "list_subscriptions_by_topic", NOBODY), "blocked by sns.topic"),
    )
    wanted = obs(subscriptions=(Subscription(protocol="sms", endpoint="+911234567890"),))
    check = "sns.subscriptions"
    yield Case(check=check, status=WARN, given=healthy(), site=wanted, says=("sms …90 is not subscribed",))


def traces() -> Iterator[Case]:
    def seen(hour: int, day: int) -> Any:
        def get_trace_summaries(**asked: Any) -> Any:
            count = hour if (asked["EndTime"] - asked["StartTime"]).total_seconds() == 3600 else day
            return {"TraceSummaries": [raw.trace(number) for number in range(count)]}

        return get_trace_summaries

    def sending(hour: int, day: int, definition: Any) -> Answers:
        world = changed("xray", "get_trace_summaries", seen(hour, day))
        return with_answer(world, "ecs", "describe_task_definition", {"taskDefinition": definition})

    bare = task_definition()
    yield from one_of(
        "trace.enabled",
        well=(PASS, healthy(), "1 or more traces"),
        none=(FAIL, sending(0, 0, with_sidecar()), "no trace of asharvi-backend-prod in 24 hours"),
        neither=(FAIL, sending(0, 0, bare), "no sidecar"),
        quiet=(WARN, sending(0, 3, with_sidecar()), "no trace in the last hour"),
        bare=(WARN, sending(2, 3, bare), "something else sends"),
        essential=(WARN, sending(2, 3, with_sidecar(essential=True)), "xray is essential"),
    )
    agent = container(environment=[{"name": "NEW_RELIC_APP_NAME", "value": "x"}])
    by_secret = container(secrets=[{"name": "DD_API_KEY", "valueFrom": "arn:x"}])
    apm = obs(tracing="apm")
    for one in (agent, by_secret):
        given = sending(0, 0, task_definition(containerDefinitions=[one]))
        yield Case(check="trace.enabled", status=PASS, given=given, site=apm, says=("an agent is configured",))
    yield Case(check="trace.enabled", status=WARN, given=sending(0, 0, bare), site=apm, says=("no variable",))
    for check in ("trace.enabled", "trace.permissions"):
        yield Case(check=check, status=SKIP, given=healthy(), site=SITE, says=("obs.tracing is off",))
    yield Case(check="trace.permissions", status=SKIP, given=healthy(), site=apm, says=("obs.tracing is apm",))

    def refused(**asked: Any) -> Any:
        decided = ("implicitDeny" if "Put" in one else "allowed" for one in asked["ActionNames"])
        names = zip(asked["ActionNames"], decided, strict=True)
        return {"EvaluationResults": [{"EvalActionName": one, "EvalDecision": word} for one, word in names]}

    yield from one_of(
        "trace.permissions",
        well=(PASS, healthy(), "may send traces"),
        denied=(FAIL, changed("iam", "simulate_principal_policy", refused), "xray:PutTraceSegments"),
        no_role=(SKIP, changed("iam", "get_role", Missing("iam:role", "x")), "blocked by iam."),
    )


def log_lines() -> Iterator[Case]:
    def flowing(told: float | None, *events: float, started: float = 2000) -> Answers:
        world = changed("logs", "describe_log_streams", streams(told))
        world = with_answer(world, "logs", "filter_log_events", events_at(*events))
        tasks = [task(1, startedAt=ago(minutes=started)), task(2, startedAt=ago(minutes=started + 60))]
        return with_answer(world, "ecs", "describe_tasks", {"tasks": tasks})

    idle = changed("ecs", "list_tasks", {"taskArns": []})
    no_group = changed("logs", "describe_log_streams", Missing("logs:log-group", "x"))
    unsaid = with_answer(flowing(60), "ecs", "describe_tasks", {"tasks": [task(1)]})
    yield from one_of(
        "logs.flowing",
        well=(PASS, healthy(), "got an event at 2026-11-23T11:57:00Z"),
        told_late=(PASS, flowing(40, 3), "2026-11-23T11:57:00Z"),
        quiet=(WARN, flowing(40, 40), "no event in 15 minutes"),
        never=(FAIL, flowing(None), "not even its first lines"),
        since_start=(FAIL, flowing(60, 60, started=30), "2026-11-23T11:30:00Z"),
        starting=(WARN, flowing(60, 60, started=4), "no event in 15 minutes"),
        unsaid=(WARN, unsaid, "no event in 15 minutes"),
        idle=(SKIP, idle, "no task is running"),
        no_group=(SKIP, no_group, "blocked by logs.group.exists"),
    )
    legacy = log_group(logGroupName=SITE.obs.legacy_group)

    def old(minutes: float | None) -> Answers:
        world = changed("logs", "describe_log_groups", groups(legacy))
        return with_answer(world, "logs", "describe_log_streams", streams(minutes))

    yield from one_of(
        "logs.legacy-group",
        absent=(PASS, healthy(), "does not exist"),
        never=(PASS, old(None), "for a week"),
        old=(PASS, old(8 * 24 * 60), "for a week"),
        used=(WARN, old(6 * 24 * 60), "still gets events"),
    )
    shared = {name: replace(env, log_group=SITE.obs.legacy_group) for name, env in ENVIRONMENTS.items()}
    by_choice = site_with(environments=shared)
    yield Case(check="logs.legacy-group", status=SKIP, given=old(1), site=by_choice, says=("by choice",))
    one_only = with_environment("prod", log_group=SITE.obs.legacy_group)
    yield Case(check="logs.legacy-group", status=WARN, given=old(1), site=one_only, says=("environments mix",))


def metrics_of_logs() -> Iterator[Case]:
    forever = log_group(logGroupName=INSIGHTS)
    del forever["retentionInDays"]
    off = replace(SITE, ecs=replace(SITE.ecs, insights="disabled"))
    without = {"logGroups": [log_group(logGroupName=f"{INSIGHTS}-2")]}
    yield from one_of(
        "logs.insights-group",
        well=(PASS, healthy(), "keeps 7 days"),
        forever=(WARN, changed("logs", "describe_log_groups", {"logGroups": [forever]}), "never expires"),
        absent=(SKIP, changed("logs", "describe_log_groups", without), "has logged nothing"),
    )
    yield Case(check="logs.insights-group", status=SKIP, given=healthy(), site=off, says=("off",))
    no_filter = changed("logs", "describe_metric_filters", {"metricFilters": []})
    by_metric = changed("logs", "describe_metric_filters", {"metricFilters": [metric_filter("x", "errors")]})
    emitted = with_answer(no_filter, "cloudwatch", "list_metrics", {"Metrics": [{"MetricName": "errors"}]})
    no_metric = changed("cloudwatch", "list_metrics", {"Metrics": []})
    check = "logs.metric-filters"
    yield from one_of(
        check,
        well=(PASS, healthy(), "errors is there"),
        missing=(WARN, no_filter, "errors is neither a filter"),
        by_metric=(PASS, by_metric),
        emitted=(PASS, emitted),
        silent=(WARN, no_metric, f"no metric in {NAMESPACE}"),
    )
    yield Case(check=check, status=SKIP, given=healthy(), site=SITE, says=("names no metric filters",))
    yield Case(check=check, status=PASS, given=healthy(), site=obs(metric_filters=()), says=(NAMESPACE,))
    yield Case(check=check, status=PASS, given=no_metric, site=obs(metric_namespace=None))


CASES = [*on_dashboard(), *topics(), *listeners(), *traces(), *log_lines(), *metrics_of_logs()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_on_what_is_watched(case: Case) -> None:
    """Each world of the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_needs_of_watching_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def test_no_address_is_told() -> None:
    """Evidence on subscriptions names whom it reaches, and nobody could write to him with it."""
    secret = raw.subscription(endpoint="https://user:pass@hooks.example.org/x?token=1", protocol="https")
    world = changed("sns", "list_subscriptions_by_topic", {"Subscriptions": [raw.subscription(), secret]})
    verdict, _ = judged(Case(check="sns.subscriptions", status=PASS, given=world))
    assert verdict.evidence["confirmed"] == ["email o…@asharvi.dev", "https hooks.example.org"]


def test_without_simulation_the_policies_are_not_read() -> None:
    """Who cannot ask IAM about traces is told so: the row needs no other permission."""
    world = changed("iam", "simulate_principal_policy", Unsupported("no simulation"))
    reads = ("list_role_policies", "list_attached_role_policies")
    for operation in reads:
        world = with_answer(world, "iam", operation, Unsupported("no simulation"))
    verdict, _ = judged(Case(check="trace.permissions", status=UNKNOWN, given=world, site=WATCHED))
    assert (verdict.status, verdict.cause) == (UNKNOWN, Cause.UNSUPPORTED)
