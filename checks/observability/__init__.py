"""Guide section 8: logs, alarms, dashboards, traces."""
