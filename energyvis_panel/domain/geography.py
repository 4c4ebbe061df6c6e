"""Outlines of regions, in the plane of their map."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class RegionShape:
    """Outline of a region on the plane of its map: x to the right, y down.

    ``polygons`` are closed rings of shape (points, 2); ``label`` is a point inside the largest.
    """

    region_id: str
    name: str
    polygons: tuple[npt.NDArray[np.float64], ...]
    label: tuple[float, float]

    def largest_area(self) -> float:
        """Area of the largest polygon, in square units of the plane."""
        return max((ring_area(ring) for ring in self.polygons), default=0.0)


def ring_area(ring: npt.NDArray[np.float64]) -> float:
    """Area within a closed ring of shape (points, 2), by the shoelace formula."""
    x, y = ring[:, 0], ring[:, 1]
    return float(abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2)
