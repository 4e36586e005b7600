"""What has to be so before anything else (guide, preamble)."""
