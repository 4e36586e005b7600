"""Guide section 9: deployment, rollback, smoke."""
