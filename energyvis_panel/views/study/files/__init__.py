"""Profiles from files, and to files."""
