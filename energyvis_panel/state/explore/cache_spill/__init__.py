"""Questions and answers on energy per datum and the levels of memory (X10)."""
