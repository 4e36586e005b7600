"""In a process of its own: makes the clients of one side, and tells what that took."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.services import services


def main() -> None:
    settings = json.loads(sys.argv[1])
    os.environ["AWS_ACCESS_KEY_ID"] = settings["world"]["access_key_id"]
    os.environ["AWS_SECRET_ACCESS_KEY"] = settings["world"]["secret_access_key"]
    make = {"ours": ours, "stock": stock}[settings["side"]](settings["world"])
    wanted = services()
    memory, cpu = _resident(), time.process_time()
    kept = [make(service) for service in wanted]
    used = time.process_time() - cpu
    print(json.dumps({"services": wanted, "cpu": used, "memory": _resident() - memory, "made": len(kept)}))


def ours(world: dict[str, str]) -> Callable[[str], Any]:
    import boto3

    from runbook_tui.aws.session import open_session
    from runbook_tui.catalogue.site_file import load_site

    assert boto3, "its import is not what is compared"
    site = load_site(Path(world["site"]))
    session: list[Any] = []

    def make(service: str) -> Any:
        if not session:  # opening it is part of the price
            session.append(open_session(site))
        return session[0].client(service)

    return make


def stock(world: dict[str, str]) -> Callable[[str], Any]:
    import boto3

    session: list[Any] = []

    def make(service: str) -> Any:
        if not session:
            session.append(boto3.Session(region_name=world["region"]))
        return session[0].client(service, endpoint_url=world["endpoint_url"])

    return make


def _resident() -> float:
    """MiB that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
