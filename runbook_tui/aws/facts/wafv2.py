"""What ``wafv2`` says about a load balancer."""

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import Fact, parse


class WebAcl(Fact, frozen=True, kw_only=True):
    name: str


class Wafv2Facts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def web_acl(self, resource_arn: str) -> str | None:
        """Name of the web ACL in front of a resource; None without one, when AWS answers nothing."""
        raw = self._reader.read("wafv2", "get_web_acl_for_resource", ResourceArn=resource_arn).get("WebACL")
        return None if raw is None else parse(raw, WebAcl).name
