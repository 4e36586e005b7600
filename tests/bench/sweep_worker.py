"""In a process of its own: sweeps, and what they are compared with, turn by turn."""

import json
import os
import sys
import time
from base64 import b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from threading import local
from typing import Any
from urllib.parse import urlsplit

from tests.bench.asked import tell

THREADS = 32
# These ask the application through the load balancer, or the registry's bucket: no request to AWS that could be
# replayed. The last two wait for a job that IAM carries out, and for a query of a log, two seconds at the least.
PROBES = ("probe.", "smoke.", "ecs.taskdef.node-version", "iam.frontend-role.unused", "roll.log-errors")


def main() -> None:
    settings = json.loads(sys.argv[1])
    os.environ["AWS_CA_BUNDLE"] = settings["bundle"]
    url, tls = settings["url"], settings["bundle"]
    ours = Sweep(settings["world"]["site"], url)
    ours.go()  # clients, imports and recorded answers are not what is compared
    tell(url, "reset", tls)
    ours.go()
    told = tell(url, "log", tls)
    waves = ours.waves(settings["delay"])
    reads = ours.reads()
    beside: Raw | Stock = (
        Raw(url, told["requests"]) if settings["beside"] == "raw" else Stock(settings["world"], url, reads)
    )
    beside.go()
    tell(url, "reset", tls)
    walls: dict[str, list[tuple[float, float]]] = {"ours": [], "beside": []}
    everything = median(timed(ours.everything, ours.disconnect)[0] for _ in range(min(3, settings["rounds"])))
    for _ in range(settings["rounds"]):
        walls["ours"].append(timed(ours.go, ours.disconnect))
        walls["beside"].append(timed(beside.go, beside.disconnect))
    print(
        json.dumps(
            {
                **{side: median(wall for wall, _ in taken) for side, taken in walls.items()},
                **{f"{side}_cpu": median(cpu for _, cpu in taken) for side, taken in walls.items()},
                "requests": len(told["requests"]),
                "distinct": told["distinct"],
                "passed_on": told["passed_on"],
                "checks": len(ours.jobs),
                "probes": ours.probes,
                "threads": THREADS,
                "waves": waves,
                "everything": everything,
            }
        )
    )


def timed(work: Callable[[], None], before: Callable[[], None]) -> tuple[float, float]:
    before()
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


class Sweep:
    """The product's own sweep. Plain connections stay open between sweeps; those over TLS are made anew."""

    def __init__(self, site: str, url: str) -> None:
        from runbook_tui.catalogue.site_file import load_site
        from runbook_tui.engine.access import Access
        from runbook_tui.wiring.kit import Kit

        loaded = load_site(Path(site))
        self._kit = Kit(loaded, Access(endpoint_url=url))
        self._all = self._kit.jobs(tuple(loaded.environments))
        self.jobs = tuple(job for job in self._all if not job.check.startswith(PROBES))
        self.probes = len(self._all) - len(self.jobs)
        self._tls = url.startswith("https:")

    def go(self) -> None:
        from runbook_tui.engine.survey import survey

        self._began = self._kit.clock.now()
        survey(self._kit.checks, self._kit.clock, self.jobs, lambda _: None)

    def everything(self) -> None:
        """The same with the checks that ask the application."""
        from runbook_tui.engine.survey import survey

        survey(self._kit.checks, self._kit.clock, self._all, lambda _: None)

    def waves(self, delay: float) -> int:
        """How many delays, one after the other, the last sweep's last answer waited for."""
        calls = self._kit.checks.connection().reader.calls()
        return max(int((call.at - self._began).total_seconds() / delay) for call in calls)

    def disconnect(self) -> None:
        if self._tls:
            connection = self._kit.checks.connection()
            for service in {service for service, _, _ in self.reads()}:
                connection.session.client(service)._endpoint.http_session.close()

    def reads(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Service, operation and parameters of what the last sweep read."""
        flights = self._kit.checks.connection().reader._flights.keys()
        return [(service, operation, json.loads(parameters)) for service, operation, _, parameters in flights]


class Raw:
    """The same requests with nothing but http.client: no signing, no parsing."""

    def __init__(self, url: str, requests: list[dict[str, Any]]) -> None:
        self._where = urlsplit(url).netloc
        self._requests = [(each["method"], each["path"], b64decode(each["body"]), each["headers"]) for each in requests]
        self._own = local()
        self._pool = ThreadPoolExecutor(THREADS)

    def go(self) -> None:
        list(self._pool.map(self._send, self._requests))

    def _send(self, request: tuple[str, str, bytes, dict[str, str]]) -> None:
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection(self._where, timeout=60)
        self._own.connection.request(*request)
        self._own.connection.getresponse().read()

    def disconnect(self) -> None:
        """Connections stay open, as the product's do."""


class Stock:
    """boto3 as it comes, one session, its clients shared: the same questions, all at once."""

    def __init__(self, world: dict[str, str], url: str, reads: list[tuple[str, str, dict[str, Any]]]) -> None:
        import boto3
        from botocore.config import Config

        session = boto3.Session(world["access_key_id"], world["secret_access_key"], region_name=world["region"])
        config = Config(max_pool_connections=THREADS)
        self._clients = {
            service: session.client(service, endpoint_url=url, config=config)
            for service in sorted({service for service, _, _ in reads})
        }
        self._reads = reads

    def go(self) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._read, self._reads))

    def _read(self, read: tuple[str, str, dict[str, Any]]) -> None:
        from botocore.exceptions import ClientError

        from runbook_tui.aws.pages import read_whole

        service, operation, parameters = read
        with suppress(ClientError):  # an answer too: the same one that the sweep was given
            read_whole(self._clients[service], service, operation, parameters, _call)

    def disconnect(self) -> None:
        for client in self._clients.values():
            client._endpoint.http_session.close()


def _call(call: Callable[[], Any]) -> Any:
    return call()


if __name__ == "__main__":
    main()
