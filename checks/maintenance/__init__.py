"""Guide sections 9 and 10: quarterly review and maintenance."""
