"""What was consumed, over epochs or hours."""
