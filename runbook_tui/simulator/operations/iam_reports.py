"""IAM's reports: the credential report with its root row, key use, the account's summary, services last used."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.iam.attached import identity_policies
from runbook_tui.simulator.iam.credential_report import credential_report
from runbook_tui.simulator.iam.globs import listed
from runbook_tui.simulator.iam.principals import role_of, user_key, user_of
from runbook_tui.simulator.iam.root_user import RootUser
from runbook_tui.simulator.iam.services_used import ServicesUsed
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_REPORT_TAKES = 2.0
_REPORT_IS_FRESH = timedelta(hours=4)


class _Reports(Struct, kw_only=True):
    """``made`` is when the last credential report was finished; a new one is not made within four hours of it."""

    made: Any = None
    text: bytes = b""
    running: bool = False
    jobs: dict[str, dict[str, Any]] = {}


@overlay("iam", "GenerateCredentialReport")
def generate_credential_report(world: World, _parameters: Parameters) -> Reply:
    reports = world.store(_Reports)
    if reports.made is not None and world.clock.now() - reports.made < _REPORT_IS_FRESH:
        return {"State": "COMPLETE"}
    if reports.running:
        return {"State": "INPROGRESS"}
    reports.running = True

    def finish() -> None:
        reports.made, reports.text, reports.running = world.clock.now(), credential_report(world), False

    world.agenda.after(world.clock.waited_for(_REPORT_TAKES), finish)
    return {"State": "STARTED", "Description": "No report exists. Starting a new report generation task"}


@overlay("iam", "GetCredentialReport")
def get_credential_report(world: World, _parameters: Parameters) -> Reply:
    reports = world.store(_Reports)
    if reports.made is None:
        if reports.running:
            raise Refused("ReportInProgress", "Report is in progress.", 404)
        raise Refused("ReportNotPresent", "Report is not generated.", 410)
    if world.clock.now() - reports.made >= _REPORT_IS_FRESH:
        raise Refused("ReportExpired", "Report is expired.", 410)
    return {"Content": reports.text, "ReportFormat": "text/csv", "GeneratedTime": reports.made}


@overlay("iam", "GetAccessKeyLastUsed")
def get_access_key_last_used(world: World, parameters: Parameters) -> Reply:
    """A key that was never used has no date, and N/A for where."""
    found = user_key(world, parameters["AccessKeyId"])
    if found is None:
        text = "The user with name does not exist or access key is not owned by this account."
        raise Refused("AccessDenied", text, 403)
    user, key = found
    used: dict[str, Any] = {"ServiceName": "N/A", "Region": "N/A"}
    if key.last_used is not None:
        used = {
            "LastUsedDate": key.last_used.timestamp,
            "ServiceName": key.last_used.service,
            "Region": key.last_used.region,
        }
    return {"UserName": user.name, "AccessKeyLastUsed": used}


@overlay("iam", "GetAccountSummary")
def get_account_summary(world: World, _parameters: Parameters) -> Reply:
    """moto's root user has nothing but itself."""
    summary = dict(world.backend("iam").get_account_summary().summary_map)
    root = world.store(RootUser)
    own = {
        "AccountMFAEnabled": int(root.has_device),
        "AccountAccessKeysPresent": root.keys,
        "AccountPasswordPresent": int(root.has_password),
    }
    return {"SummaryMap": summary | own}


@overlay("iam", "GenerateServiceLastAccessedDetails")
def generate_service_last_accessed_details(world: World, parameters: Parameters) -> Reply:
    arn = str(parameters["Arn"])
    if parameters.get("Granularity") == "ACTION_LEVEL":
        raise not_simulated("iam:GenerateServiceLastAccessedDetails by action")
    if role_of(world, arn) is None and user_of(world, arn) is None:
        if ":role/" in arn or ":user/" in arn:
            raise Refused("NoSuchEntity", f"{arn} does not exist.", 404)
        raise not_simulated("iam:GenerateServiceLastAccessedDetails for anything but a role or a user")
    identifier = str(uuid.UUID(int=world.random.getrandbits(128), version=4))
    job: dict[str, Any] = {"JobStatus": "IN_PROGRESS", "JobType": "SERVICE_LEVEL", "JobCreationDate": world.clock.now()}
    world.store(_Reports).jobs[identifier] = job

    def finish() -> None:
        job.update(
            JobStatus="COMPLETED", JobCompletionDate=world.clock.now(), ServicesLastAccessed=_services(world, arn)
        )

    world.agenda.after(world.clock.waited_for(_REPORT_TAKES), finish)
    return {"JobId": identifier}


@overlay("iam", "GetServiceLastAccessedDetails")
def get_service_last_accessed_details(world: World, parameters: Parameters) -> Reply:
    job = world.store(_Reports).jobs.get(parameters["JobId"])
    if job is None:
        raise Refused("NoSuchEntity", f"The job {parameters['JobId']} does not exist.", 404)
    items, marker = page(
        job.get("ServicesLastAccessed", []),
        parameters,
        size="MaxItems",
        token="Marker",  # noqa: S106
        limit=1000,
    )
    return {
        # required even of a job that has not ended
        "JobCompletionDate": job["JobCreationDate"],
        **job,
        "ServicesLastAccessed": items,
        "IsTruncated": marker is not None,
        "Marker": marker,
    }


def _services(world: World, arn: str) -> list[dict[str, Any]]:
    """Those that the policies speak of, with the last event that the trail has of each."""
    granted = {
        str(action).partition(":")[0]
        for policy in identity_policies(world, arn)
        for statement in policy.statements
        if statement.body["Effect"] == "Allow"
        for action in listed(statement.body.get("Action", []))
    }
    return [_service(world, arn, namespace) for namespace in sorted(granted - {"*"})]


def _service(world: World, arn: str, namespace: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ServiceName": namespace,
        "ServiceNamespace": namespace,
        "TotalAuthenticatedEntities": 0,
    }
    used = world.store(ServicesUsed).at.get((arn, namespace))
    if used is not None:
        return told | _last(world.region, arn, used)
    for event in world.trail.events():
        identity = event.body["userIdentity"]
        owner = identity.get("sessionContext", {}).get("sessionIssuer", {}).get("arn") or identity.get("arn")
        if owner == arn and event.source == f"{_SOURCES.get(namespace, namespace)}.amazonaws.com":
            return told | _last(event.body["awsRegion"], arn, event.at)
    return told


def _last(region: str, arn: str, at: datetime) -> dict[str, Any]:
    return {
        "LastAuthenticated": at,
        "LastAuthenticatedEntity": arn,
        "LastAuthenticatedRegion": region,
        "TotalAuthenticatedEntities": 1,
    }


_SOURCES = {"cloudwatch": "monitoring", "application-autoscaling": "autoscaling", "tag": "tagging"}
