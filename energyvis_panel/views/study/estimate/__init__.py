"""A profile by estimate."""
