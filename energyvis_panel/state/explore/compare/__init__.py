"""Questions and answers on two configurations (X6)."""
