"""The Runs page: every run in the lake, and one of them opened."""
