"""What is brushed, and the fields that brush it."""
