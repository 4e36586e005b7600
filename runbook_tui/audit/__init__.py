"""The journal of a run: written, verified, redacted, reported."""
