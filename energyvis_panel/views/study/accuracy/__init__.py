"""What accuracy took in energy."""
