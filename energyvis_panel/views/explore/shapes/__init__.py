"""Which shape of network stays cheapest as it gets deeper (X13)."""
