"""Outages made on purpose, for a while only (guide 10)."""
