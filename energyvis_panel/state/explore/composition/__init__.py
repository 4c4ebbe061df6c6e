"""Questions and answers on what the runs consist of (X15)."""
