"""What a listener does with a request, as ``elbv2`` is told it (guide 6.1, 6.2)."""

from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.core.site import Site

# Everything stays as it was asked but the protocol and the port.
TO_HTTPS: Final[dict[str, Any]] = {
    "Type": "redirect",
    "RedirectConfig": {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
    },
}
NOT_FOUND: Final[dict[str, Any]] = {
    "Type": "fixed-response",
    "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "Not found"},
}


def forward(arn: Any) -> dict[str, Any]:
    return {"Type": "forward", "TargetGroupArn": arn}


def default_of(aws: Aws, site: Site) -> dict[str, Any]:
    """What no rule matches, as the site says. Missing ``elbv2:target-group``."""
    if site.alb.default_action != "prod":
        return NOT_FOUND
    return forward(aws.elb.target_group(site.environment("prod").target_group).target_group_arn)


def described(action: Any) -> str:
    """For a tired person, of the API's own form."""
    match action["Type"]:
        case "redirect":
            config = action["RedirectConfig"]
            kept = "#{host}"
            return (
                f"{config['StatusCode']} to {config.get('Protocol')}://{config.get('Host', kept)}:{config.get('Port')}"
            )
        case "fixed-response":
            return f"answer {action['FixedResponseConfig']['StatusCode']}"
        case "forward":
            arns = [one["TargetGroupArn"] for one in action.get("ForwardConfig", {}).get("TargetGroups", ())]
            names = [arn.split("/")[1] for arn in arns or [action["TargetGroupArn"]]]
            return f"forward to {', '.join(names)}"
        case kind:
            return str(kind)
