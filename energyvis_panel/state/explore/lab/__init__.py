"""The lab's own runs, as data and as marks (X18)."""
