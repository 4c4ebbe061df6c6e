"""What the selection consists of, ring by ring (X15)."""
