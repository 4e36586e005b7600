"""The services that the registered checks ask, as boto3 names them."""

from runbook_tui.aws.operations import PREFIXES
from runbook_tui.catalogue.registry import all_checks

_BOTO3 = {prefix: service for service, prefix in PREFIXES.items()}
# What the IAM prefix alone does not tell.
_MORE = {"apigateway": ("apigateway", "apigatewayv2")}


def services() -> list[str]:
    prefixes = {need.partition(":")[0] for check in all_checks().values() for need in check.needs} | {"sts"}
    found = {_BOTO3.get(prefix, prefix) for prefix in prefixes if prefix not in _MORE}
    more = {service for prefix in prefixes for service in _MORE.get(prefix, ())}
    return sorted(found | more)
