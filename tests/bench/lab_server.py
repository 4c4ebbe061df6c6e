"""The server of lab_load.py: `energyvis serve`, with a census of what it holds, written on SIGUSR1.

Run as `python lab_server.py CENSUS_FILE PORT`; the settings come from the environment.
"""

import gc
import json
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

COUNTED = ("Document", "ServerSession", "Exploration", "Study", "LiveRun", "RunsState", "RunBook")


def main() -> None:
    """Serve until killed."""
    file, port = Path(sys.argv[1]), sys.argv[2]

    def census(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=write_census, args=(file,), daemon=True).start()

    signal.signal(signal.SIGUSR1, census)
    from energyvis_panel.cli import main as command  # noqa: PLC0415 - the signal may come while it is read

    sys.argv = ["energyvis", "serve", "--port", port]
    sys.exit(command(["serve", "--port", port]))


def write_census(file: Path) -> None:
    """Count what lives; the file appears whole."""
    gc.collect()
    found: Counter[str] = Counter(type(one).__name__ for one in gc.get_objects())
    counts: dict[str, Any] = {name: found[name] for name in COUNTED}
    counts["threads"] = threading.active_count()
    counts["objects"] = found.total()
    part = file.with_suffix(".part")
    part.write_text(json.dumps(counts), encoding="utf-8")
    part.rename(file)


if __name__ == "__main__":
    main()
