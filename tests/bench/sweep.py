"""A sweep of all registered checks over a slow line, beside the least that could send its requests."""

from collections.abc import Iterator
from typing import Any

from tests.bench.bench import Bench
from tests.bench.budget import Row, milliseconds, ratio


def measure(bench: Bench) -> Iterator[Row]:
    yield from _plain(bench)
    yield from _over_tls(bench)


def _plain(bench: Bench) -> Iterator[Row]:
    found = _worker(bench, bench.served.plain, beside="raw")
    late = f"at {bench.sizes.delay_s * 1000:.0f} ms a call"
    yield ratio(
        f"sweep of {found['checks']} checks {late}, plain HTTP : raw http.client, the same requests, 32 connections",
        found["ours"],
        found["beside"],
        1.35,
        detail=_both(found, "raw"),
    )
    yield Row(
        what="requests of a sweep : distinct requests",
        measured=found["requests"] / found["distinct"],
        allowed=1.0,
        detail=f"{found['requests']} requests, {found['distinct']} distinct",
    )


def _over_tls(bench: Bench) -> Iterator[Row]:
    found = _worker(bench, bench.served.tls, beside="stock")
    yield ratio(
        f"the same over TLS, new connections : stock boto3 clients in {found['threads']} threads, the same requests",
        found["ours"],
        found["beside"],
        0.45,
        detail=_both(found, "stock"),
    )


def _worker(bench: Bench, url: str, beside: str) -> Any:
    return bench.worker(
        "sweep_worker",
        url=url,
        beside=beside,
        bundle=str(bench.served.bundle),
        world=bench.world,
        rounds=bench.sizes.sweep_rounds,
        delay=bench.sizes.delay_s,
    )


def _both(found: Any, beside: str) -> str:
    """Checks that ask the application itself are left out: they send no request to AWS."""
    return (
        f"{milliseconds(found['ours'])} (CPU {milliseconds(found['ours_cpu'])}); "
        f"{beside} {milliseconds(found['beside'])} (CPU {milliseconds(found['beside_cpu'])}), "
        f"{found['requests']} requests, up to {found['waves']} one after the other; "
        f"with the {found['probes']} checks that ask the application itself {milliseconds(found['everything'])}"
    )
