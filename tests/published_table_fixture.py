"""Writes the published table of BUTTER-E in its own format, from the stand-in's standardised runs.

The numbers are synthetic; header, order of columns, spelling and order of rows are the published ones.
"""

import csv
import io
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from energyvis_panel.data.butter_e import standin_path

TABLE = "runs_with_standardized_energy.csv"
HEADER = (
    "run_id,run_id,experiment_id,slurm_job_id,start_time,update_time,node,size,depth,shape,dataset,"
    "learning_rate,batch_size,optimizer,is_gpu,batch,energy,run_time,filter_1,filter_2,filter_3,"
    "filter_3_stdevs,filter,start_time_int,start_offset,power,num_reps,std_power,std_energy,energy_overhead,"
    "non_overhead_energy,runtime_overhead,non_overhead_runtime"
)
PUBLISHED_ROW = (
    "0027f496-4858-423c-a409-d3e2ca57d2e9,0027f496-4858-423c-a409-d3e2ca57d2e9,2102734,10343547,"
    "2022-09-30 12:47:36.634695+00:00,2022-09-30 13:21:20.688547+00:00,r7i2n32,8192,10,rectangle,connect_4,"
    "1e-04,256,Adam,0,energy_2_cpu,599995.2646469999,2024.053852,False,False,False,0.6115481915399013,False,"
    "1664542056634695000,647052911500000,296.4324610504483,1,286.4324610504483,579754.7261269998,"
    "14028.665572999802,565726.0605540001,52.8839136,1971.1699384"
)
"""A row of the published table. Source: BUTTER-E, OpenEI submission 5991, CC-BY-4.0."""
OVERHEAD_J = (14028.665572999802, 271560.2400475498)
OVERHEAD_S = (52.8839136, 656.3736757)
FIRST_START_NS = 1663895003723195000


def table_text(most_rows: int | None = None) -> str:
    """The table with the stand-in's standardised runs, or the first of them."""
    runs = pq.read_table(standin_path())
    rows = runs.filter(pc.equal(runs["status"], "standardised")).slice(0, most_rows).to_pylist()
    cells = [published_cells(row) for row in rows]
    cells.sort(key=lambda row: (row[14], row[0]))  # CPU, then GPU, each by id
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    return f"{HEADER}\n{text.getvalue()}"


def published_cells(run: dict[str, Any]) -> list[object]:
    """One run as the published table writes it."""
    run_id = str(uuid.uuid5(uuid.NAMESPACE_OID, run["run_id"]))
    number = int(run["run_id"].rpartition("-")[2])
    is_gpu = int(run["hardware"] == "GPU node")
    # pandas leaves the fraction of a second out where it is zero.
    started_at = run["started_at"] + timedelta(microseconds=number % 1000 * 1000)
    ended_at = started_at + timedelta(seconds=run["run_time_s"])
    start_ns = int(started_at.timestamp()) * 1_000_000_000 + started_at.microsecond * 1000
    overhead_j = OVERHEAD_J[is_gpu]
    return [
        run_id, run_id, 1_876_157 + number, run["slurm_job_id"], started_at.isoformat(" "),
        ended_at.isoformat(" "), run["node"], run["size"], run["depth"], run["shape"], run["dataset"],
        "1e-04", run["batch_size"], run["optimizer"], is_gpu, run["batch"], run["energy_j"],
        run["run_time_s"], False, False, False, 0.5, False, start_ns, start_ns - FIRST_START_NS,
        run["power_w"], 1, run["std_power_w"], run["std_energy_j"], overhead_j,
        run["std_energy_j"] - overhead_j, OVERHEAD_S[is_gpu], run["run_time_s"] - OVERHEAD_S[is_gpu],
    ]  # fmt: skip


def write_table(folder: Path, text: str) -> Path:
    """The unpacked table in a folder."""
    path = folder / TABLE
    path.write_text(text, encoding="utf-8")
    return path


def zipped(text: str, name: str = TABLE) -> bytes:
    """Bytes of a zip archive with the table in it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return data.getvalue()
