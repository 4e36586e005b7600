"""``python -m tests.support.at_rest WORDS …``: the program with these words, for a simulator whose time stands still.

What a reader waits for, IAM's reports and queries of the logs, is ready when it is asked for: it would never be, and
letting time pass for it would let everything else happen too.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from runbook_tui.entry import main
from runbook_tui.simulator.operations import iam_reports, logs_insights


@contextmanager
def ready_at_once() -> Iterator[None]:
    with (
        patch.object(iam_reports, "_REPORT_TAKES", 0.0),
        patch.object(logs_insights, "_STARTS_AFTER", 0.0),
        patch.object(logs_insights, "_TAKES", 0.0),
    ):
        yield


if __name__ == "__main__":
    with ready_at_once():
        sys.exit(main(sys.argv[1:]))
