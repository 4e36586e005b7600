"""Traces of requests (guide 8.3), where the site has chosen them."""

import re
from datetime import timedelta
from typing import Final

from checks.concerns import warn_or_pass
from checks.iam.allowed import decisions, denied, marked, some, task_role, undecided
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_task import Container, TaskDefinition
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

# amazon/aws-xray-daemon, aws-observability/aws-otel-collector, cloudwatch-agent: each of them can send to X-Ray.
_SIDECAR: Final = re.compile(r"x-?ray|otel|opentelemetry|adot|cloudwatch-agent", re.IGNORECASE)
_AGENT: Final = re.compile(
    r"(NEW_RELIC|DD|DATADOG|DT|ELASTIC_APM|OTEL|SENTRY|INSTANA|APPDYNAMICS|APPLICATIONINSIGHTS|SPLUNK|HONEYCOMB)_\w+"
)
WRITE_TRACES: Final = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


@check(
    "trace.enabled",
    guide="8.3",
    severity="low",
    scope="environment",
    needs=["ecs:DescribeTaskDefinition", "xray:GetTraceSummaries"],
)
def enabled(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Requests leave traces."""
    if site.obs.tracing == "off":
        return skip("obs.tracing is off")
    definition = aws.ecs.task_definition(env.task_family)
    return _by_xray(aws, env, definition) if site.obs.tracing == "xray" else _by_agent(definition)


def _by_xray(aws: Aws, env: Environment, definition: TaskDefinition) -> Verdict:
    sidecars = [one for one in definition.container_definitions if _is_sidecar(one, env)]
    now = aws.now()
    lately = aws.xray.traces(env.service, now, timedelta(hours=1))
    evidence = {
        "revision": definition.label,
        "sidecars": [one.name for one in sidecars],
        "traces_in_an_hour": len(lately),
        "faults": sum(one.has_fault for one in lately),
    }
    remedy = "add the sidecar, the task role's permissions and a way to xray.<region>.amazonaws.com"
    if not lately and not aws.xray.traces(env.service, now, timedelta(hours=24)):
        without = "" if sidecars else f", and {definition.label} has no sidecar that sends them"
        return fail(f"no trace of {env.service} in 24 hours{without}", remedy, **evidence)
    concerns = [] if lately else ["no trace in the last hour, though there were some within a day"]
    if not sidecars:
        concerns.append(f"{definition.label} has no sidecar: something else sends the traces")
    concerns += [f"{one.name} is essential: its crash stops the task" for one in sidecars if one.essential]
    return warn_or_pass(concerns, f"{len(lately)} or more traces in the last hour", remedy, **evidence)


def _is_sidecar(container: Container, env: Environment) -> bool:
    return container.name != env.container and bool(_SIDECAR.search(f"{container.name} {container.image}"))


def _by_agent(definition: TaskDefinition) -> Verdict:
    given = [one.name for container in definition.container_definitions for one in container.environment]
    given += [one.name for container in definition.container_definitions for one in container.secrets]
    agents = sorted({name for name in given if _AGENT.fullmatch(name)})
    if agents:
        return passed(f"an agent is configured: {', '.join(agents)}", revision=definition.label, variables=agents)
    because = f"no variable of {definition.label} configures an agent that is known here"
    return warn(because, "set the agent's variables, or say obs.tracing off", revision=definition.label, variables=[])


@check(
    "trace.permissions",
    guide="8.3",
    severity="low",
    scope="environment",
    needs=["iam:GetRole", "iam:SimulatePrincipalPolicy"],
)
def permissions(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The task role may send traces."""
    if site.obs.tracing != "xray":
        return skip(f"obs.tracing is {site.obs.tracing}")
    role = task_role(aws, site, env)
    answers = aws.permission.ask(role, WRITE_TRACES, ["*"])
    evidence = {"role": role.name, **decisions(answers)}
    if denied(answers):
        because = marked(f"{role.name} may not {some(denied(answers))}", answers)
        return fail(because, "attach AWSXRayDaemonWriteAccess to the task role", **evidence)
    return undecided(answers) or passed(marked(f"{role.name} may send traces", answers), **evidence)
