"""A run that is followed by its live URL."""
