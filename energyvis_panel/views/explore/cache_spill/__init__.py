"""What it costs when a network no longer fits the cache (X10)."""
