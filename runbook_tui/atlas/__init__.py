"""MongoDB Atlas: its Admin API v2 over HTTP, with a key of its own. Read paths only."""
