"""The runner's own process: it owns a run, and screens come and go over a Unix socket."""
