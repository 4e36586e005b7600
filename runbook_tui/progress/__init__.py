"""What tells how far a wait has come, from its real source in AWS."""
