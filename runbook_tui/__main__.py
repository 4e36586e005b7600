"""``python -m runbook_tui``."""

import sys

from runbook_tui.entry import main

sys.exit(main())
