"""The terminal program. Only workers wait; only handlers touch widgets."""
