"""The strip of the guided tour."""
