"""The published files of BUTTER-E: their names, where they are, and what is known of their sizes.

Source: OpenEI submission 5991, doi 10.25984/2329316, CC-BY-4.0, and its readme. No checksums are published.
"""

from dataclasses import dataclass
from typing import Final

BASE_URL: Final = "https://data.openei.org/files/5991/"
STANDARD_TABLE: Final = "runs_with_standardized_energy.csv"
METADATA: Final = "butter_e_metadata.csv"
ENERGY: Final = "butter_e_energy"
NODE_SINFO: Final = "node_sinfo.csv"
NODE_POWER: Final = "node_power_dist.csv"
DATA_SETS: Final = "pmlb.csv"
OTHER_NAMES: Final = {
    "slurm_node_sinfo.csv": NODE_SINFO,
    "butter_e_node_power_dist.csv": NODE_POWER,
}
"""Names by which the readme's headings call two of the files."""
MEBIBYTE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file to download; at most ``most_bytes`` are taken, a server may lack what is not required."""

    name: str
    most_bytes: int
    is_required: bool = True


STANDARD_SET: Final = (PublishedFile(f"{STANDARD_TABLE}.zip", 64 * MEBIBYTE),)
RAW_SET: Final = (
    PublishedFile(f"{METADATA}.zip", 128 * MEBIBYTE),
    PublishedFile(f"{ENERGY}.zip", 256 * MEBIBYTE),
    PublishedFile(NODE_SINFO, 4 * MEBIBYTE),
    PublishedFile(NODE_POWER, 16 * MEBIBYTE),
    PublishedFile(DATA_SETS, 4 * MEBIBYTE, is_required=False),
)
PUBLISHED_BYTES: Final = {
    STANDARD_TABLE: 17_109_394,
    NODE_SINFO: 92_193,
    NODE_POWER: 1_752_745,
    DATA_SETS: 19_424,
}
"""Bytes of the unpacked files where they are known; a corrected release may have others."""
