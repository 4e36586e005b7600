"""The way in from the internet: real HTTP on loopback, routed as the simulated load balancer says."""

from collections.abc import Iterable, Mapping
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Any

from msgspec import Struct

from runbook_tui.simulator import dns, health, reach
from runbook_tui.simulator.application import Reply, service_of
from runbook_tui.simulator.image_blobs import blob_at, bucket
from runbook_tui.simulator.listener_rules import Asked, action_for, location, weights
from runbook_tui.simulator.world import World

_PATIENCE = 0.2  # seconds: a sweep of checks holds the world's lock for a second on end, and a visitor must not wait


class Page(Struct, frozen=True):
    """``group`` is the target group that was chosen; ``seconds`` are simulated."""

    status: int
    body: bytes = b""
    content_type: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()
    group: str = ""
    seconds: float = 0.001
    from_target: bool = False


class Ingress:
    """One WSGI application for each of the load balancer's ports, whatever port it really listens on."""

    def __init__(self, world: World, port: int) -> None:
        self._world = world
        self._port = port
        self._turn = count()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self._bring_up_to_date()
        asked = Asked(
            method=environ["REQUEST_METHOD"],
            host=environ.get("HTTP_HOST", "").partition(":")[0].lower(),
            path=environ["PATH_INFO"],
            query=environ.get("QUERY_STRING", ""),
        )
        page = self._page(asked)
        headers = [
            ("Content-Type", page.content_type),
            ("Content-Length", str(len(page.body))),
            ("X-Simulated-Seconds", f"{page.seconds:.4f}"),
            *page.headers,
        ]
        start_response(f"{page.status} {HTTPStatus(page.status).phrase}", headers)
        return [page.body]

    def _bring_up_to_date(self) -> None:
        if self._world.lock.acquire(timeout=_PATIENCE):
            try:
                self._world.agenda.catch_up()
                self._world.changed()
            finally:
                self._world.lock.release()

    def _page(self, asked: Asked) -> Page:
        if asked.host == bucket(self._world.region):
            return self._layer(asked.path)
        balancer, listener = self._listener(asked.host)
        if listener is None:
            return Page(503, b"nothing listens on this port of the load balancer", "text/plain")
        if not reach.internet_reaches(self._world, balancer, self._port):
            self._keep_silent()
        page = self._answer(balancer, action_for(listener, asked), asked)
        self._world.traffic.record(
            page.group,
            balancer.arn,
            page.status,
            page.seconds,
            self._world.clock.now(),
            from_target=page.from_target,
        )
        return page

    def _layer(self, path: str) -> Page:
        """Not the application's: the bucket that ECR keeps the parts of images in."""
        blob = blob_at(self._world, path)
        if blob is None:
            return Page(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        return Page(200, blob, "application/octet-stream")

    def _keep_silent(self) -> None:
        """A packet that a security group drops gets no answer: the client's own patience decides."""
        self._world.stopping.wait(60)
        raise ConnectionAbortedError

    def _answer(self, balancer: Any, action: Mapping[str, Any], asked: Asked) -> Page:
        match action["Type"]:
            case "fixed-response":
                fixed = action["FixedResponseConfig"]
                return Page(
                    int(fixed["StatusCode"]),
                    fixed.get("MessageBody", "").encode(),
                    fixed.get("ContentType", "text/plain"),
                )
            case "redirect":
                wanted = action["RedirectConfig"]
                protocol = "https" if self._port == 443 else "http"
                status = 301 if wanted["StatusCode"] == "HTTP_301" else 302
                place = location(wanted, asked, protocol=protocol, port=self._port)
                return Page(status, headers=(("Location", place),))
            case "forward":
                return self._forward(balancer, action, asked)
            case kind:
                return Page(501, f"the simulated load balancer knows no {kind}".encode(), "text/plain")

    def _listener(self, host: str) -> tuple[Any, Any]:
        """moto's models of a load balancer and of its listener on this port: of that which the host's name leads to,
        else of the first that listens."""
        balancers = list(self._world.backend("elbv2").load_balancers.values())
        named = dns.balancer_named(self._world, host)
        balancers.sort(key=lambda each: each is not named)
        for balancer in balancers:
            for listener in list(balancer.listeners.values()):
                if int(listener.port) == self._port and balancer.state == "active":
                    return balancer, listener
        return None, None

    def _forward(self, balancer: Any, action: Mapping[str, Any], asked: Asked) -> Page:
        group = self._world.backend("elbv2").target_groups[self._group(action)]
        target = self._target(group)
        if target is None:
            return _error(503, "Service Temporarily Unavailable", group)
        address, port = str(target["Id"]), int(target["Port"])
        patience = float(balancer.attrs.get("idle_timeout.timeout_seconds", 60))
        if not reach.balancer_reaches(self._world, balancer, address, port):
            return _error(504, "Gateway Time-out", group, 10)
        task = health.task_at(self._world, address)
        if task is None:
            return _error(504, "Gateway Time-out", group, 10)
        if asked.method == "OPTIONS":
            return self._preflight(task, port, group)
        reply = self._world.servers.ask(task, port, asked.path, patience)
        if reply.status == 0:
            return _error(502, "Bad Gateway", group)
        if reply.seconds >= patience:
            return _error(504, "Gateway Time-out", group, patience)
        self._write_down(task, asked, reply)
        return Page(
            reply.status, reply.body, "application/json", group=group.arn, seconds=reply.seconds, from_target=True
        )

    def _preflight(self, task: Any, port: int, group: Any) -> Page:
        """The application's middleware answers it before any route."""
        headers = self._world.app.preflight(task, port)
        if headers is None:
            return _error(502, "Bad Gateway", group)
        return Page(204, headers=headers, group=group.arn, from_target=True)

    def _group(self, action: Mapping[str, Any]) -> str:
        found = weights(action)
        if len(found) == 1 or not any(found.values()):
            return next(iter(found))
        return self._world.random.choices(list(found), weights=list(found.values()))[0]

    def _target(self, group: Any) -> Any:
        """In turn. A load balancer whose targets are all unhealthy fails open: it sends to them all the same."""
        targets = list(group.targets.values())
        states = [self._world.targets.last_health(group.arn, str(each["Id"])).state for each in targets]
        for wanted in ("healthy", "unhealthy"):
            chosen = [each for each, state in zip(targets, states, strict=True) if state == wanted]
            if chosen:
                return chosen[next(self._turn) % len(chosen)]
        return None

    def _write_down(self, task: Any, asked: Asked, reply: Reply) -> None:
        """A line of the application at this moment of the simulated time, written before the next request to AWS is
        carried out: who answers visitors does not hold the world's lock."""
        write = partial(
            self._world.app_log.write,
            service_of(task),
            "error" if reply.error else "info",
            reply.error or "request completed",
            task=task.id,
            req={"method": asked.method, "url": asked.path},
            res={"statusCode": reply.status},
            responseTime=round(reply.seconds * 1000),
        )
        self._world.agenda.after(0, write)


def _error(status: int, text: str, group: Any, seconds: float = 0.001) -> Page:
    return Page(
        status, f"<html><body><h1>{status} {text}</h1></body></html>".encode(), group=group.arn, seconds=seconds
    )
