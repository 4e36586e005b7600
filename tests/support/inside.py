"""A simulator inside the test's own process, with stock clients for any key."""

import threading
from datetime import timedelta
from functools import cache
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World

_one_at_a_time = threading.Lock()  # a session makes no two clients side by side


def client_of(service: str, *, key: str, secret: str, token: str | None, region: str, **options: Any) -> Any:
    """A stock client; ``options`` are boto3's."""
    with _one_at_a_time:
        return _session(key, secret, token, region).client(service, **options)


@cache
def _session(key: str, secret: str, token: str | None, region: str) -> Any:
    """One for all clients of a key: each session of its own would read the models of AWS's services again."""
    import boto3

    return boto3.Session(
        aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token, region_name=region
    )


class Inside(Struct, frozen=True):
    simulator: Simulator

    @property
    def world(self) -> World:
        return self.simulator.world

    def client(self, service: str, key: Any = None) -> Any:
        """For the operator on call, or for ``key``: what ``CreateAccessKey`` or ``AssumeRole`` answered."""
        from botocore.config import Config

        own = self.simulator.credentials
        given = key or {"AccessKeyId": own.access_key_id, "SecretAccessKey": own.secret_access_key}
        return client_of(
            service,
            key=given["AccessKeyId"],
            secret=given["SecretAccessKey"],
            token=given.get("SessionToken"),
            region=self.world.region,
            endpoint_url=self.simulator.endpoint_url,
            config=Config(retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=50),
        )

    def wait(self, seconds: float) -> None:
        """Simulated time passes."""
        with self.world.lock:
            self.world.clock.advance(timedelta(seconds=seconds))
            self.world.agenda.catch_up()
