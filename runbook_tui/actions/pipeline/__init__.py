"""Changes of image repositories (guide 4)."""
