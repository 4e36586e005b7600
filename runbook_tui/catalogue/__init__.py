"""What the product knows: the registry of checks and the loader of runbook and site files."""
