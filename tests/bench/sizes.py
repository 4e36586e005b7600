"""How much each benchmark does: enough for a steady median, or just enough to see that it runs."""

from typing import Final

from msgspec import Struct


class Sizes(Struct, frozen=True, kw_only=True):
    """``rounds`` are measurements of each side; journals count lines. ``quiet_s`` is how long no request must have come
    for a program to be at rest."""

    process_rounds: int
    frame_rounds: int
    keys: int
    key_block: int
    settle_s: float
    quiet_s: float
    idle_s: float
    client_rounds: int
    sweep_rounds: int
    delay_s: float
    appends: int
    million: int
    chain_rounds: int
    rebuilt: int
    rebuild_rounds: int
    screen_rounds: int
    verified: int
    steps: int
    stories: int
    worlds: int
    rollbacks: int


FULL: Final = Sizes(
    process_rounds=25,
    frame_rounds=12,
    keys=500,
    key_block=50,
    settle_s=4.0,
    quiet_s=1.5,
    idle_s=10.0,
    client_rounds=5,
    sweep_rounds=7,
    delay_s=0.080,
    appends=500,
    million=1_000_000,
    chain_rounds=5,
    rebuilt=100_000,
    rebuild_rounds=5,
    screen_rounds=5,
    verified=2_000,
    steps=60,
    stories=99,
    worlds=8,
    rollbacks=3,
)
SMALL: Final = Sizes(
    process_rounds=1,
    frame_rounds=1,
    keys=4,
    key_block=2,
    settle_s=0.5,
    quiet_s=0.5,
    idle_s=0.5,
    client_rounds=1,
    sweep_rounds=1,
    delay_s=0.005,
    appends=3,
    million=200,
    chain_rounds=1,
    rebuilt=200,
    rebuild_rounds=1,
    screen_rounds=1,
    verified=20,
    steps=3,
    stories=1,
    worlds=1,
    rollbacks=0,
)
