"""Two configurations compared (X6)."""
