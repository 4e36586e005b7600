"""Logs, alarms, dashboards and the topic: logs.*, alarm.*, dash.*, sns.*"""

import json

from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from runbook_tui.simulator.seed.observability import BALANCER_ALARM
from tests.mutations.contract import FAIL, PASS, SKIP, UNKNOWN, WARN, Row, both
from tests.support.standing import Standing

PROD = ENVIRONMENTS["prod"]
DASHBOARD = SITE.obs.dashboard.replace("<env>", "prod")


def _lines_lost(world: Standing) -> None:
    """From the beginning: what the sweep's own requests make the application print is lost as well."""
    world.world.app_log.put = lambda *_, **__: None  # type: ignore[method-assign]
    logs = world.client("logs")
    for stream in logs.describe_log_streams(logGroupName=PROD.log_group)["logStreams"]:
        logs.delete_log_stream(logGroupName=PROD.log_group, logStreamName=stream["logStreamName"])


def _legacy_in_use(world: Standing) -> None:
    logs, name = world.client("logs"), SITE.obs.legacy_group
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="app")
    event = {"timestamp": int(world.world.clock.now().timestamp() * 1000), "message": "x"}
    logs.put_log_events(logGroupName=name, logStreamName="app", logEvents=[event])


def _insights_for_ever(world: Standing) -> None:
    name = f"/aws/ecs/containerinsights/{SITE.ecs.cluster}/performance"
    world.client("logs").delete_retention_policy(logGroupName=name)


def _retention_short(world: Standing) -> None:
    world.client("logs").put_retention_policy(logGroupName=PROD.log_group, retentionInDays=7)


def _without_5xx(world: Standing) -> None:
    world.client("cloudwatch").delete_alarms(AlarmNames=[f"{PROD.service}-5xx"])


def _without_balancer(world: Standing) -> None:
    world.client("cloudwatch").delete_alarms(AlarmNames=[BALANCER_ALARM])


def _without_hosts(world: Standing) -> None:
    world.client("cloudwatch").delete_alarms(AlarmNames=[f"{PROD.service}-unhealthy-hosts"])


def _without_latency(world: Standing) -> None:
    world.client("cloudwatch").delete_alarms(AlarmNames=[f"{PROD.service}-p95"])


def _without_memory(world: Standing) -> None:
    world.client("cloudwatch").delete_alarms(AlarmNames=[f"{PROD.service}-memory-high"])


def _actions_off(world: Standing) -> None:
    world.client("cloudwatch").disable_alarm_actions(AlarmNames=[f"{PROD.service}-unhealthy-hosts"])


def _ringing(world: Standing) -> None:
    world.client("cloudwatch").set_alarm_state(
        AlarmName=f"{PROD.service}-unhealthy-hosts", StateValue="ALARM", StateReason="a drill"
    )


def _no_dashboard(world: Standing) -> None:
    world.client("cloudwatch").delete_dashboards(DashboardNames=[DASHBOARD])


def _empty_dashboard(world: Standing) -> None:
    body = json.dumps({"widgets": []})
    world.client("cloudwatch").put_dashboard(DashboardName=DASHBOARD, DashboardBody=body)


def _topic(world: Standing) -> str:
    return world.world.arn("sns", SITE.obs.topic)


def _no_topic(world: Standing) -> None:
    world.client("sns").delete_topic(TopicArn=_topic(world))


def _closed_topic(world: Standing) -> None:
    denied = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": _topic(world)}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
    world.client("sns").set_topic_attributes(TopicArn=_topic(world), AttributeName="Policy", AttributeValue=policy)


def _nobody_listens(world: Standing) -> None:
    sns = world.client("sns")
    for one in sns.list_subscriptions_by_topic(TopicArn=_topic(world))["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])


def _not_confirmed(world: Standing) -> None:
    _nobody_listens(world)
    world.client("sns").subscribe(TopicArn=_topic(world), Protocol="email", Endpoint="new@asharvi.test")


def _filter_wanted(world: Standing) -> None:
    """And there, but in staging's group alone."""
    world.change_site("obs", metric_filters=("errors",))
    world.client("logs").delete_metric_filter(logGroupName=PROD.log_group, filterName="errors")


def _traces_wanted(world: Standing) -> None:
    """No task has a sidecar, no role may send."""
    world.change_site("obs", tracing="xray")


def _traces_allowed(world: Standing) -> None:
    _traces_wanted(world)
    managed = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
    world.client("iam").attach_role_policy(RoleName=SITE.iam.task_role_of("prod"), PolicyArn=managed)


ROWS = (
    Row(
        check="logs.group.retention",
        name="prod's lines are kept a week",
        change=_retention_short,
        flips={"logs.group.retention@prod": FAIL},
    ),
    Row(
        check="logs.flowing",
        name="what prod's tasks log is lost",
        change=_lines_lost,
        flips={"logs.flowing@prod": FAIL, "db.app-reachability@prod": UNKNOWN},
    ),
    Row(
        check="logs.legacy-group",
        name="something writes into the group of old",
        change=_legacy_in_use,
        flips={"logs.legacy-group": WARN},
    ),
    Row(
        check="logs.insights-group",
        name="Container Insights' lines never expire",
        change=_insights_for_ever,
        flips={"logs.insights-group": WARN},
    ),
    Row(
        check="alarm.5xx-target",
        name="prod's alarm on errors is deleted",
        change=_without_5xx,
        flips={"alarm.5xx-target@prod": FAIL},
    ),
    Row(
        check="alarm.5xx-elb",
        name="the load balancer's alarm is deleted",
        change=_without_balancer,
        flips={"alarm.5xx-elb": FAIL},
    ),
    Row(
        check="alarm.unhealthy-hosts",
        name="prod's alarm on hosts is deleted",
        change=_without_hosts,
        flips={"alarm.unhealthy-hosts@prod": FAIL},
    ),
    Row(
        check="alarm.latency",
        name="prod's alarm on latency is deleted",
        change=_without_latency,
        flips={"alarm.latency@prod": WARN},
    ),
    Row(
        check="alarm.scaling",
        name="prod's alarm on memory is deleted",
        change=_without_memory,
        flips={"alarm.scaling@prod": WARN},
    ),
    Row(
        check="alarm.actions",
        name="actions of one of prod's alarms are switched off",
        change=_actions_off,
        flips={"alarm.actions@prod": FAIL},
    ),
    Row(
        check="alarm.states",
        name="one of prod's alarms rings",
        change=_ringing,
        flips={"alarm.states@prod": FAIL},
    ),
    Row(
        check="dash.exists",
        name="prod's dashboard is deleted",
        change=_no_dashboard,
        flips={"dash.exists@prod": FAIL, "dash.widgets@prod": SKIP},
    ),
    Row(
        check="dash.widgets",
        name="prod's dashboard is empty",
        change=_empty_dashboard,
        flips={"dash.widgets@prod": WARN},
    ),
    Row(
        check="sns.topic",
        name="the topic's policy admits nobody",
        change=_closed_topic,
        flips={"review.rotation-alarms": FAIL, "sns.topic": FAIL},
    ),
    Row(
        check="sns.topic",
        name="the topic is deleted",
        change=_no_topic,
        flips={
            "review.rotation-alarms": SKIP,
            "sns.topic": FAIL,
            "sns.subscriptions": SKIP,
            "pre.dedicated-resources": WARN,
            **both("alarm.actions", FAIL),
        },
    ),
    Row(
        check="sns.subscriptions",
        name="nobody is subscribed",
        change=_nobody_listens,
        flips={"sns.subscriptions": FAIL},
    ),
    Row(
        check="sns.subscriptions",
        name="the only subscription is not confirmed",
        change=_not_confirmed,
        flips={"sns.subscriptions": FAIL},
    ),
    Row(
        check="logs.metric-filters",
        name="a metric filter that the site names is missing in prod",
        change=_filter_wanted,
        flips={"logs.metric-filters@prod": WARN, "logs.metric-filters@staging": PASS},
    ),
    Row(
        check="trace.enabled",
        name="the site wants traces, and nobody sends any",
        change=_traces_wanted,
        flips=both("trace.enabled", FAIL) | both("trace.permissions", FAIL) | {"net.path.aws-apis": WARN},
    ),
    Row(
        check="trace.permissions",
        name="the site wants traces, and prod's role may send them",
        change=_traces_allowed,
        flips={
            **both("trace.enabled", FAIL),
            "trace.permissions@staging": FAIL,
            "trace.permissions@prod": PASS,
            "net.path.aws-apis": WARN,
        },
    ),
)
