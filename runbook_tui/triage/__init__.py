"""Incident triage: what is seen, since when, what changed before, and what it likely means (docs/triage.md)."""
