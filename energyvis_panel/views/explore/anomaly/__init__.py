"""Runs out of line (X7)."""
