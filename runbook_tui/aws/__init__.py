"""The only place that talks to AWS: session, reader, errors, and typed facts."""
