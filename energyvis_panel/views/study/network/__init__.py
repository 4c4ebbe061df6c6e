"""Which network would have taken less."""
