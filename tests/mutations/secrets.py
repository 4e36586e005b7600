"""Secrets: secret.*"""

from tests.mutations.contract import FAIL, Row
from tests.support.standing import Standing


def _key_missing(world: Standing) -> None:
    world.fault("secret-key-missing")


ROWS = (
    Row(
        check="secret.keys",
        name="prod's secret lacks a key",
        change=_key_missing,
        flips={"secret.keys@prod": FAIL},
    ),
)
