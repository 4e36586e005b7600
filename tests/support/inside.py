"""A simulator inside the test's own process, with stock clients for any key."""

from datetime import timedelta
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World


class Inside(Struct, frozen=True):
    simulator: Simulator

    @property
    def world(self) -> World:
        return self.simulator.world

    def client(self, service: str, key: Any = None) -> Any:
        """For the operator on call, or for ``key``: what ``CreateAccessKey`` or ``AssumeRole`` answered."""
        import boto3
        from botocore.config import Config

        own = self.simulator.credentials
        given = key or {"AccessKeyId": own.access_key_id, "SecretAccessKey": own.secret_access_key}
        return boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given.get("SessionToken"),
            region_name=self.world.region,
        ).client(
            service,
            endpoint_url=self.simulator.endpoint_url,
            config=Config(retries={"total_max_attempts": 1, "mode": "standard"}, read_timeout=15),
        )

    def wait(self, seconds: float) -> None:
        """Simulated time passes."""
        with self.world.lock:
            self.world.clock.advance(timedelta(seconds=seconds))
            self.world.agenda.catch_up()
