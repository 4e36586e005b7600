"""The runbooks, one YAML file each. They travel inside the wheel."""
