"""The part of the Logs Insights query language that a runbook needs. Anything else is malformed, never ignored."""
