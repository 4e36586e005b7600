"""Filling an empty world: one file an area of the guide, each through the API as an operator would."""
