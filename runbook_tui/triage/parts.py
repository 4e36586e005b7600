"""The reads of a snapshot: each is one part, asked by itself (catalogue, 5.1)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.acm import Certificate
from runbook_tui.aws.facts.balancing import TargetHealth
from runbook_tui.aws.facts.codepipeline import Execution
from runbook_tui.aws.facts.cost import SETTLING
from runbook_tui.aws.facts.log_query import pattern
from runbook_tui.aws.facts.logs import LogEvent
from runbook_tui.aws.facts.route53 import DnsAnswer
from runbook_tui.aws.facts.trail_event import TrailEvent
from runbook_tui.aws.together import each, together
from runbook_tui.core.site import Environment, Site
from runbook_tui.triage.costs import DAYS, growth
from runbook_tui.triage.metrics import measured
from runbook_tui.triage.snapshot import Balancer, Growth, Metrics, Probed

LOOKED_BACK: Final = timedelta(minutes=60)
LINES_BACK: Final = timedelta(minutes=15)
TRAIL_BACK: Final = timedelta(hours=2)
PROBE_S: Final = 5.0  # twice, one beside the other, within a part's ten seconds

# What lines of trouble have in common. CloudWatch Logs matches letter by letter: each word in the spellings that occur.
WORDS: Final = (
    "rror",
    "ERROR",
    "FATAL",
    "fatal",
    "heap out of memory",
    "Mongo",
    "buffering timed out",
    "bad auth",
    "not primary",
    "ENOTFOUND",
    "Cannot find module",
    "Missing env",
    "secretOrPrivateKey",
    "535",
    "Exception",
)


class Part(Struct, frozen=True, kw_only=True):
    """``needs`` are the IAM actions that it calls, the one that it rests on last."""

    name: str
    needs: tuple[str, ...]
    read: Callable[[Aws, Site, Environment], Any]

    @property
    def operation(self) -> str:
        return self.needs[-1] if self.needs else "https"


def _service(aws: Aws, site: Site, env: Environment) -> Any:
    return aws.ecs.service(site.ecs.cluster, env.service)


def _tasks(status: str) -> Callable[[Aws, Site, Environment], Any]:
    return lambda aws, site, env: aws.ecs.tasks(site.ecs.cluster, env.service, status)


def _deployments(aws: Aws, site: Site, env: Environment) -> Any:
    return aws.ecs.service_deployments(site.ecs.cluster, env.service)


def _targets(aws: Aws, site: Site, _: Environment) -> Mapping[str, tuple[TargetHealth, ...]]:
    names = tuple(site.environments)

    def health(name: str) -> tuple[TargetHealth, ...]:
        group = aws.elb.target_group(site.environment(name).target_group)
        return aws.elb.target_health(group.target_group_arn)

    return dict(zip(names, each(health, names), strict=True))


def _balancer(aws: Aws, site: Site, _: Environment) -> Balancer:
    found = aws.elb.load_balancer(site.alb.name)
    return Balancer(load_balancer=found, attributes=aws.elb.load_balancer_attributes(found))


def _alarms(aws: Aws, _: Site, __: Environment) -> Any:
    return aws.cloudwatch.alarms()


def _transitions(aws: Aws, _: Site, __: Environment) -> Any:
    return aws.cloudwatch.transitions(aws.now(), TRAIL_BACK)


def _secret(aws: Aws, _: Site, env: Environment) -> Any:
    return aws.secrets.secret(env.secret_name)


def _health(aws: Aws, site: Site, _: Environment) -> Any:
    return aws.health.issues(site.aws.region)


def _metrics(aws: Aws, site: Site, env: Environment) -> Metrics:
    return measured(aws, site, env)


def _lines(aws: Aws, _: Site, env: Environment) -> tuple[LogEvent, ...]:
    return aws.logs.matching(env.log_group, pattern(WORDS), aws.now() - LINES_BACK)


def _scaling(aws: Aws, site: Site, env: Environment) -> Any:
    return aws.autoscaling.activities(site.ecs.cluster, env.service)


def _trail(aws: Aws, _: Site, __: Environment) -> tuple[TrailEvent, ...]:
    end = aws.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    return aws.account_trail.events("ReadOnly", "false", end - TRAIL_BACK, end)


def _parameters(aws: Aws, site: Site, env: Environment) -> Any:
    return aws.parameters.under(site.params.path_of(env.name)) if site.params.enabled else None


def _certificates(aws: Aws, site: Site, _: Environment) -> tuple[Certificate, ...]:
    listener = aws.elb.https_listener(aws.elb.load_balancer(site.alb.name))
    arns = {one.certificate_arn for one in aws.elb.listener_certificates(listener)}
    arns |= {one.certificate_arn for one in listener.certificates}
    return each(aws.acm.certificate, sorted(arns))


def _dns(aws: Aws, site: Site, env: Environment) -> DnsAnswer:
    return aws.route53.answer(aws.route53.zone(site), env.host)


def _probe(aws: Aws, site: Site, env: Environment) -> Probed:
    path = site.app.smoke_path
    https, http = together(
        lambda: aws.probe.get(f"https://{env.host}{path}", timeout=PROBE_S),
        lambda: aws.probe.get(f"http://{env.host}{path}", timeout=PROBE_S),
    )
    return Probed(https=https, http=http)


def _pipeline(aws: Aws, site: Site, env: Environment) -> tuple[Execution, ...] | None:
    name = site.cicd.pipelines.get(env.name) if site.cicd.kind == "codepipeline" else None
    return aws.codepipeline.executions(name) if name else None


def _growth(aws: Aws, _: Site, __: Environment) -> Growth:
    return growth(aws.cost.usage(aws.now().date() - 2 * SETTLING, DAYS))


_BALANCER: Final = "elasticloadbalancing:DescribeLoadBalancers"
_GROUPS: Final = "elasticloadbalancing:DescribeTargetGroups"
_TASKS: Final = ("ecs:ListTasks", "ecs:DescribeTasks")
_CERTIFICATES: Final = (
    _BALANCER,
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeListenerCertificates",
    "acm:DescribeCertificate",
)

PARTS: Final = (
    Part(name="service", needs=("ecs:DescribeServices",), read=_service),
    Part(name="running", needs=_TASKS, read=_tasks("RUNNING")),
    Part(name="stopped", needs=_TASKS, read=_tasks("STOPPED")),
    Part(name="deployments", needs=("ecs:ListServiceDeployments",), read=_deployments),
    Part(name="targets", needs=(_GROUPS, "elasticloadbalancing:DescribeTargetHealth"), read=_targets),
    Part(name="balancer", needs=(_BALANCER, "elasticloadbalancing:DescribeLoadBalancerAttributes"), read=_balancer),
    Part(name="alarms", needs=("cloudwatch:DescribeAlarms",), read=_alarms),
    Part(name="transitions", needs=("cloudwatch:DescribeAlarmHistory",), read=_transitions),
    Part(name="metrics", needs=(_BALANCER, _GROUPS, "cloudwatch:GetMetricData"), read=_metrics),
    Part(name="lines", needs=("logs:FilterLogEvents",), read=_lines),
    Part(name="scaling", needs=("application-autoscaling:DescribeScalingActivities",), read=_scaling),
    Part(name="trail", needs=("cloudtrail:LookupEvents",), read=_trail),
    Part(name="secret", needs=("secretsmanager:DescribeSecret",), read=_secret),
    Part(name="parameters", needs=("ssm:DescribeParameters",), read=_parameters),
    Part(name="certificates", needs=_CERTIFICATES, read=_certificates),
    Part(name="dns", needs=("route53:ListHostedZonesByName", "route53:TestDNSAnswer"), read=_dns),
    Part(name="health", needs=("health:DescribeEvents",), read=_health),
    Part(name="probe", needs=(), read=_probe),
    Part(name="pipeline", needs=("codepipeline:ListPipelineExecutions",), read=_pipeline),
)
COSTS: Final = Part(name="growth", needs=("ce:GetCostAndUsage",), read=_growth)  # AWS charges a cent for each answer
NEEDS: Final = tuple(dict.fromkeys(action for part in (*PARTS, COSTS) for action in part.needs))
