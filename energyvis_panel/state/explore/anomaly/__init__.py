"""Questions and answers on runs out of line (X7)."""
