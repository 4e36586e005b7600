"""The application of the simulated tasks: its way to the database, and its real processes."""
