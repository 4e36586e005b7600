"""Pure rules: no I/O, no clock, no randomness. Everything else imports this; it imports nothing of ours."""
