"""Guide section 3: secrets and environment values."""
