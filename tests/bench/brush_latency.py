"""How long from a brush to the last redraw? `python tests/bench/brush_latency.py [--rows N] [--peer PYTHON]`.

The Explore page runs in a process of its own, in a real Chromium: with seven and with all thirteen of its
views in sight, and in a window of 1440 x 900. A brush starts when the mouse button is released, or when a
brush is moved by the page's own script. Its first redraw is when the first answers are drawn, its last when
no question is open any more: two animation frames after the revision has come, when the browser has painted
it. Three brushes that do not count come first. `--peer` names the Python of an environment with Plotly Dash;
the same brushes then run over dash_peer.py, in the same Chromium and the window of seven views. `--questions`
adds each question without a browser.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

# The parts lie beside this script, which is run by its path.
from dash_brushes import LAST_REDRAW, peer_in_browser  # type: ignore[import-not-found]
from explore_brushes import in_browser  # type: ignore[import-not-found]
from question_cost import in_python  # type: ignore[import-not-found]

from energyvis_panel.resources import resource_path

SIZES = (63_527, 1_000_000, 10_000_000)
MOVED = "seven views, brush moved, last redraw"


def made(rows: int, folder: Path) -> Path:
    """A file of ``rows`` synthetic runs."""
    file = folder / f"runs-{rows}.parquet"
    script = resource_path("datasets/build/butter_e_standin.py")
    subprocess.run(
        [sys.executable, script, "--rows", str(rows), "--out", file], check=True, stdout=subprocess.DEVNULL
    )
    return file


def report(rows: int, taken: dict[str, list[float]]) -> None:
    """Print a table of medians and 95th percentiles."""
    print(f"\n{rows:,} runs{'':34} {'n':>4} {'median ms':>10} {'p95 ms':>8}")
    for name, values in taken.items():
        print(
            f"{name:44} {len(values):4} {statistics.median(values):10.1f} {np.quantile(values, 0.95):8.1f}",
            flush=True,
        )
    print(f"load of the machine: {os.getloadavg()[0]:.1f}", flush=True)


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--brushes", type=int, default=24, help="brushes of each kind, at least 20 for a p95")
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM") or shutil.which("chromium"))
    parser.add_argument("--peer", help="Python of an environment with dash, plotly, pandas and pyarrow")
    parser.add_argument("--peer-brushes", type=int, default=8)
    parser.add_argument("--folder", type=Path, help="folder of files runs-N.parquet; made anew without")
    parser.add_argument("--questions", action="store_true", help="time each question without a browser, too")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    chosen = arguments()
    medians: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for rows in chosen.rows:
            file = chosen.folder / f"runs-{rows}.parquet" if chosen.folder else made(rows, Path(folder))
            taken = in_browser(file, chosen.brushes, chosen.chromium)
            report(rows, taken)
            medians[rows] = statistics.median(taken[MOVED])
            if SIZES[0] in medians:
                print(f"{medians[rows] / medians[SIZES[0]]:.1f} times the median over {SIZES[0]:,} runs")
            if chosen.peer and rows == SIZES[0]:
                peer = peer_in_browser(file, chosen.peer_brushes, chosen.chromium, chosen.peer)
                report(rows, peer)
                print(f"Dash takes {statistics.median(peer[LAST_REDRAW]) / medians[rows]:.0f} times as long")
            if chosen.questions:
                report(rows, in_python(file, chosen.brushes))


if __name__ == "__main__":
    main()
