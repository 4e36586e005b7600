"""Drives a run: commands in, events out, effects through ports."""
