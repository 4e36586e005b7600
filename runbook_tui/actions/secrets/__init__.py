"""Changes of secrets and parameters (guide 3)."""
