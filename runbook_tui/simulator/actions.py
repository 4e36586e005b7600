"""IAM's names of actions and boto3's names of operations, either way."""

import difflib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from runbook_tui.core.problems import UsageProblem

# IAM's prefix -> boto3's service, where they differ
_SERVICES = {
    "elasticloadbalancing": "elbv2",
    "tag": "resourcegroupstaggingapi",
    "servicequotas": "service-quotas",
    "access-analyzer": "accessanalyzer",
    "states": "stepfunctions",
}
# IAM's action -> the API's operation, where they differ
_OPERATIONS = {
    ("s3", "ListAllMyBuckets"): "ListBuckets",
    ("apigateway", "GET"): "*",
}


def resolve(action: str) -> tuple[str, str]:
    """boto3's service and the API's operation for ``ecs:DescribeServices``; ``*`` stands for any.

    Raises UsageProblem for what botocore does not know.
    """
    prefix, _, name = action.partition(":")
    service = _SERVICES.get(prefix, prefix)
    if not name:
        raise UsageProblem(f"{action} is no action", "write it as service:Action, such as ecs:DescribeServices")
    if service == "*":
        return service, name
    if service not in _loader().list_available_services("service-2"):
        near = difflib.get_close_matches(service, _loader().list_available_services("service-2"), n=1)
        raise UsageProblem(f"AWS has no service {prefix}", f"did you mean {near[0]}?" if near else "")
    if name == "*" or (prefix, name) in _OPERATIONS:
        return service, _OPERATIONS.get((prefix, name), name)
    known = _operations(service)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        raise UsageProblem(f"{prefix} has no action {name}", f"did you mean {prefix}:{near[0]}?" if near else "")
    return service, name


@lru_cache(maxsize=1)
def _loader() -> Any:
    from botocore.loaders import Loader

    from runbook_tui.aws.models import Models

    made = Loader()
    made.file_loader = Models()
    return made


def _operations(service: str) -> list[str]:
    return list(_loader().load_service_model(service, "service-2")["operations"])


def resolve_operation(service: str, operation: str, parameters: Mapping[str, Any]) -> None:
    """Raises UsageProblem unless boto3 would make this call."""
    from botocore.model import ServiceModel
    from botocore.validate import ParamValidator

    services = _loader().list_available_services("service-2")
    if service not in services:
        near = difflib.get_close_matches(service, services, n=1)
        raise UsageProblem(f"boto3 has no service {service}", f"did you mean {near[0]}?" if near else "")
    known = _operations(service)
    if operation not in known:
        near = difflib.get_close_matches(operation, known, n=1)
        remedy = f"did you mean {near[0]}?" if near else ""
        raise UsageProblem(f"{service} has no operation {operation}", remedy)
    model = ServiceModel(_loader().load_service_model(service, "service-2"), service)
    report = ParamValidator().validate(dict(parameters), model.operation_model(operation).input_shape)
    if report.has_errors():
        raise UsageProblem(f"{service}:{operation}: {report.generate_report()}", "see the API's reference")
