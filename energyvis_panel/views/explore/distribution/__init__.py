"""How energy, time and power are distributed (X4)."""
