"""Questions and answers on depth (X11)."""
