"""EnergyVis Panel: what machine learning consumes, and what it would have cost otherwise."""

__version__ = "0.1.0"
