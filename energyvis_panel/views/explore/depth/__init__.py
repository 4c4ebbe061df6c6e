"""Energy per datum against depth, a panel a data set (X11)."""
