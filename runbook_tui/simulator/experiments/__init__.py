"""Fault Injection Service: what it offers, whom it hits, what it does to them, and how it puts things back."""
