"""Ids of this release's checks for the loader's tests, read without importing a check."""

from runbook_tui.catalogue.check_ids import check_ids

CHECK_IDS = check_ids()
