"""A client of every service that the checks ask, beside a stock session's clients of the same services."""

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.bench.bench import Bench
from tests.bench.budget import Row, milliseconds, ratio


def measure(bench: Bench) -> Iterator[Row]:
    found: dict[str, list[dict[str, Any]]] = {"ours": [], "stock": []}
    for _ in range(bench.sizes.client_rounds):
        for side, taken in found.items():
            taken.append(bench.worker("clients_worker", side=side, world=bench.world))
    services = found["ours"][0]["services"]
    cpu = {side: median(each["cpu"] for each in taken) for side, taken in found.items()}
    memory = {side: median(each["memory"] for each in taken) for side, taken in found.items()}
    what = f"clients of all {len(services)} services : a stock session's"
    detail = f"{milliseconds(cpu['ours'])}; stock {milliseconds(cpu['stock'])}, after the import of boto3"
    yield ratio(f"{what}, CPU", cpu["ours"], cpu["stock"], 0.6, detail=detail)
    detail = f"{memory['ours']:.0f} MiB; stock {memory['stock']:.0f} MiB, after the import of boto3"
    yield ratio(f"{what}, memory", memory["ours"], memory["stock"], 0.5, detail=detail)
