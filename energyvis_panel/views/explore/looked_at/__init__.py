"""The runs of a mark, one run, and its power."""
