"""The way in from the internet: real HTTP on loopback, routed as the simulated load balancer says."""

import fnmatch
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.application import application
from runbook_tui.simulator.health import health_of, service_behind
from runbook_tui.simulator.reach import balancer_reaches
from runbook_tui.simulator.world import World


class Page(Struct, frozen=True):
    status: int
    body: bytes = b""
    content_type: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()


class Ingress:
    """One WSGI application for each of the load balancer's ports, whatever port it really listens on."""

    def __init__(self, world: World, port: int) -> None:
        self._world = world
        self._port = port

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # without the world's lock: a sweep of checks holds it for a second on end, and a visitor must not wait for that
        page = self._page(environ)
        reason = HTTPStatus(page.status).phrase
        headers = [("Content-Type", page.content_type), ("Content-Length", str(len(page.body))), *page.headers]
        start_response(f"{page.status} {reason}", headers)
        return [page.body]

    def _page(self, environ: dict[str, Any]) -> Page:
        balancer, listener = self._listener()
        if listener is None:
            return Page(503, b"nothing listens on this port of the load balancer", "text/plain")
        host, path = environ.get("HTTP_HOST", "").partition(":")[0].lower(), environ["PATH_INFO"]
        action = _action(listener, host, path)
        match action["Type"]:
            case "fixed-response":
                fixed = action["FixedResponseConfig"]
                return Page(
                    int(fixed["StatusCode"]),
                    fixed.get("MessageBody", "").encode(),
                    fixed.get("ContentType", "text/plain"),
                )
            case "redirect":
                return _redirect(action["RedirectConfig"], host, path, environ.get("QUERY_STRING", ""))
            case "forward":
                return self._forward(balancer, action, path)
            case kind:
                return Page(501, f"the simulated load balancer knows no {kind}".encode(), "text/plain")

    def _listener(self) -> tuple[Any, Any]:
        """moto's models of the load balancer and of its listener on this port."""
        for balancer in list(self._world.backend("elbv2").load_balancers.values()):
            for listener in list(balancer.listeners.values()):
                if int(listener.port) == self._port:
                    return balancer, listener
        return None, None

    def _forward(self, balancer: Any, action: Mapping[str, Any], path: str) -> Page:
        """An ALB whose targets are all unhealthy fails open: it sends to them all the same."""
        group = self._world.backend("elbv2").target_groups[_group(action)]
        targets = list(group.targets.values())
        if not targets:
            return Page(503, b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>")
        healthy = [
            each for each in targets if health_of(self._world, group, each["Id"], int(each["Port"])).state == "healthy"
        ]
        target = (healthy or targets)[0]
        if not balancer_reaches(self._world, balancer, target["Id"], int(target["Port"])):
            return Page(504, b"<html><body><h1>504 Gateway Time-out</h1></body></html>")
        service = service_behind(self._world, target["Id"])
        if service is None:
            return Page(502, b"<html><body><h1>502 Bad Gateway</h1></body></html>")
        status, body = application(self._world, service, path)
        return Page(status, body, "application/json")


def _action(listener: Any, host: str, path: str) -> Mapping[str, Any]:
    """That of the first rule that applies, by number; else the listener's own."""
    rules = sorted(
        (rule for rule in listener.rules.values() if not rule.is_default), key=lambda rule: int(rule.priority)
    )
    actions = next((rule.actions for rule in rules if _applies(rule, host, path)), listener.default_actions)
    action: Mapping[str, Any] = actions[-1].data
    return action


def _group(action: Mapping[str, Any]) -> str:
    if "TargetGroupArn" in action:
        return str(action["TargetGroupArn"])
    groups = action["ForwardConfig"]["TargetGroups"]
    return str(max(groups, key=lambda each: each.get("Weight", 1))["TargetGroupArn"])


def _applies(rule: Any, host: str, path: str) -> bool:
    return all(_holds(condition, host, path) for condition in rule.conditions)


def _holds(condition: Mapping[str, Any], host: str, path: str) -> bool:
    """Conditions other than host and path are none of the guide's; a rule that has one never applies."""
    match condition["Field"]:
        case "host-header":
            values = condition.get("HostHeaderConfig", {}).get("Values") or condition.get("Values", ())
            return any(fnmatch.fnmatchcase(host, value.lower()) for value in values)
        case "path-pattern":
            values = condition.get("PathPatternConfig", {}).get("Values") or condition.get("Values", ())
            return any(fnmatch.fnmatchcase(path, value) for value in values)
        case _:
            return False


def _redirect(redirect: Mapping[str, Any], host: str, path: str, query: str) -> Page:
    known = {"#{protocol}": "http", "#{host}": host, "#{port}": "80", "#{path}": path.lstrip("/"), "#{query}": query}

    def filled(member: str, default: str) -> str:
        text = str(redirect.get(member, default))
        for name, value in known.items():
            text = text.replace(name, value)
        return text

    location = (
        f"{filled('Protocol', '#{protocol}').lower()}://{filled('Host', '#{host}')}:{filled('Port', '#{port}')}"
        f"{filled('Path', '/#{path}')}"
    )
    asked = filled("Query", "#{query}")
    status = 301 if redirect["StatusCode"] == "HTTP_301" else 302
    return Page(status, headers=(("Location", f"{location}?{asked}" if asked else location),))
