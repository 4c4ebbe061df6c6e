"""The Explore page: linked views over the BUTTER-E runs. Import it when it is first shown: it brings numba along."""
