"""View-models: what was chosen and what follows from it. They draw nothing and know no browser."""
