"""Parallel coordinates (X5)."""
