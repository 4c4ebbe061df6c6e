"""The equations, whose numbers are fields."""
