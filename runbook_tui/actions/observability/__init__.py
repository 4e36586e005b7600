"""Changes of logs, alarms, dashboards and the topic (guide 8)."""
