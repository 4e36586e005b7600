"""CloudWatch Logs beyond moto: filter patterns, Insights, metric filters, reading."""
