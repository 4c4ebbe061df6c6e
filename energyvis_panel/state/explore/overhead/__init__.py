"""Questions and answers on overhead and training (X9)."""
