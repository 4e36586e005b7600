"""The one line on standard output that the parent waits for."""

import json
import sys


def announce(**words: object) -> None:
    """``socket`` and ``run`` when the host listens; ``error``, ``remedy``, ``exit_code`` when it cannot."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()
