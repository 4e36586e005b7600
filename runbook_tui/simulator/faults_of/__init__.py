"""Faults of the environment, one file a subject; importing a file registers what is in it."""
