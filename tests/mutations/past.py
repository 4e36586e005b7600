"""What the product's own journals tell: maint.*"""

from pathlib import Path

from tests.mutations.contract import FAIL, UNKNOWN, WARN, Row, both
from tests.support.standing import Standing


def _damaged(world: Standing) -> None:
    """One byte of the oldest journal is another one."""
    journal = min(Path(world.state_dir).rglob("*.jsonl"))
    text = journal.read_bytes()
    journal.write_bytes(text[:20] + bytes([text[20] ^ 1]) + text[21:])


ROWS = (
    Row(
        check="maint.audit-log",
        name="a journal was changed",
        change=_damaged,
        flips={
            "maint.audit-log": FAIL,
            "maint.runbooks-documented": UNKNOWN,
            **both("maint.dr-test", UNKNOWN),
            **both("ecs.taskdef.loadtest", UNKNOWN),
        },
    ),
    Row(
        check="maint.dr-test",
        name="the site wants a drill every month",
        change=lambda world: world.change_site("review", dr_days=30),
        flips=both("maint.dr-test", WARN),
    ),
    Row(
        check="maint.scaling-review",
        name="the site wants the scaling reviewed every week",
        change=lambda world: world.change_site("review", scaling_days=7),
        flips=both("maint.scaling-review", FAIL),
    ),
)
