"""Questions and answers on energy signatures (X14)."""
