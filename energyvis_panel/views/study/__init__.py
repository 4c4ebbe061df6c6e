"""The Study page: what did this cost, and what would it have cost otherwise."""
