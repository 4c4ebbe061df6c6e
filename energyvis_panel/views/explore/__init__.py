"""The Explore page: linked views over the BUTTER-E runs. Import it when first shown: it brings numba."""
