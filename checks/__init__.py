"""Every clause of the guide as a read-only question: one file a section, one function a check."""
