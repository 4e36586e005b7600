"""What is done about credentials after a leak (guide 10)."""
