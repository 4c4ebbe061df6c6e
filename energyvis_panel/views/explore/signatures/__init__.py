"""Energy signatures of up to four configurations (X14)."""
