"""Networks by their energy (X16)."""
