"""Changes of the service, its releases and its scaling (guide 5, 9.2, 10)."""
