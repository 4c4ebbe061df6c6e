"""A tour through the published findings of BUTTER-E, each recomputed from the runs that are loaded."""
