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
