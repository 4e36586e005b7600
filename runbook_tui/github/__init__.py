"""GitHub's REST API, read with the operator's own token. httpx is loaded when the first question is asked."""
