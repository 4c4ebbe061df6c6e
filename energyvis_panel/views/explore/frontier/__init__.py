"""Runs that no other run beats (X8)."""
