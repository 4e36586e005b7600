"""Guide section 4: the image registry and CI/CD."""
