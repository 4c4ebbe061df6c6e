"""The raw set as it was offered, zipped or not, through the published pipeline."""

from collections.abc import Callable, Mapping
from pathlib import Path

from energyvis_panel.data.butter_e_files import Offered
from energyvis_panel.data.butter_e_published import DATA_SETS, ENERGY, METADATA, NODE_POWER, NODE_SINFO
from energyvis_panel.data.butter_e_raw import RawFiles, standardise_raw
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.errors import DatasetError


def write_raw_set(
    gateway: Gateway,
    offered: Offered,
    paths: Mapping[str, Path],
    target: Path,
    progress: Callable[[str], None],
) -> dict[str, float]:
    """Write the runs of the raw set, and their power traces beside; figures found on the way, by name.

    Parameters
    ----------
    gateway
        What reads and writes.
    offered
        The files that the user named, for sentences.
    paths
        The unpacked files by published name.
    target
        Parquet file to write.
    progress
        Called with a few words for each step.

    Raises
    ------
    DatasetError
        If a file is damaged, or is not what it should be.

    """
    raw = RawFiles(
        metadata=paths[METADATA],
        energy=paths[ENERGY],
        node_sinfo=paths[NODE_SINFO],
        node_power_dist=paths[NODE_POWER],
        data_sets=paths.get(DATA_SETS),
    )
    try:
        counts = standardise_raw(gateway, raw, target, progress=progress)
    except DatasetError as error:
        text = str(error)
        for name, path in paths.items():
            # The unpacked copy is gone by the time that the sentence is read.
            text = text.replace(str(path), str(offered.files[name]))
        raise DatasetError(text) from error
    figures = {
        f"{hardware[:3].lower()}_overhead_s": overhead.run_time_s
        for hardware, overhead in counts.overhead.items()
    }
    return figures | {f"{node_type}_idle_w": idle_w for node_type, idle_w in counts.idle_w.items()}
