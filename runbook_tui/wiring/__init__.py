"""The composition root: puts the parts together for one site, live or simulated."""
