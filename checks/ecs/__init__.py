"""Guide section 5: cluster, task definition, service, autoscaling."""
