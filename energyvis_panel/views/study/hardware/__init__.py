"""On which machine."""
