"""Questions and answers of parallel coordinates (X5)."""
