"""Names of runs: sortable by time, short enough to type."""

import re
from datetime import datetime
from typing import Final

RUN_ID: Final = re.compile(r"^\d{8}-\d{6}-[a-z0-9-]{1,64}-[0-9a-f]{4}$")


def run_id(at: datetime, runbook: str, token: str) -> str:
    """``20261123-031602-validation-9f3c``: UTC time, runbook, four hexadecimal digits of ``token``."""
    return f"{at:%Y%m%d-%H%M%S}-{runbook}-{token[:4]}"
