"""Questions and answers on the shapes of networks (X13)."""
