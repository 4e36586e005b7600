"""Changes of roles, policies, keys and passwords (guide 1)."""
