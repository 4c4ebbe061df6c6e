"""Puts settings, data, state and views together; no logic of its own."""
