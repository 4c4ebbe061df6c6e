"""What is installed with our tracker alone, and with its peers: megabytes, distributions, largest parts.

Run as `python tests/bench/tracker_size.py FOLDER`; makes an environment for each in FOLDER, unless it is
there, and prints a table. `tracker_peers.py` runs its jobs in these. Ours is installed as any user gets it,
without an extra, once with the newest pyarrow and once with the oldest that is allowed. Without pip and
setuptools.
"""

import argparse
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = {
    "codecarbon": ["codecarbon==3.3.2"],
    "zeus": ["zeus==0.16.0"],
    "carbontracker": ["carbontracker==2.4.7"],
    "pyrapl": ["pyRAPL==0.2.3.1", "pymongo", "pandas"],
}
# Python's own tools, which an environment has without any package.
OWN_TOOLS = re.compile(r"pip|setuptools|pkg_resources|_distutils_hack|distutils-precedence|__pycache__")
LARGEST = 6


def main() -> None:
    """Make the environments, and print what lies in them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    folder: Path = options.parse_args().folder
    print(f"{'':<16} {'MB':>7} {'distributions':>14}  largest parts, MB")
    for name, packages in {"tracker": [str(ROOT)], "tracker-oldest": oldest(), **PEERS}.items():
        place = folder / name
        if not place.exists():
            install(place, packages)
        site = place / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        sizes = {path.name: size_bytes(path) for path in site.iterdir() if not OWN_TOOLS.match(path.name)}
        parts = sorted(sizes.items(), key=lambda part: -part[1])[:LARGEST]
        count = sum(part.endswith(".dist-info") for part in sizes)
        listed = ", ".join(f"{part} {size / 1e6:.1f}" for part, size in parts)
        print(f"{name:<16} {sum(sizes.values()) / 1e6:>7.1f} {count:>14}  {listed}", flush=True)


def oldest() -> list[str]:
    """Return our tracker with the oldest pyarrow that it allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bounds = [re.fullmatch(r"pyarrow>=([\d.]+)", line) for line in project["dependencies"]]
    (bound,) = filter(None, bounds)
    return [str(ROOT), f"pyarrow=={bound[1]}.*"]


def install(place: Path, packages: list[str]) -> None:
    """Make an environment that holds these packages and what they need."""
    venv.create(place, with_pip=True)
    command = [f"{place}/bin/python", "-m", "pip", "install", "--quiet", *packages]
    subprocess.run(command, check=True, stdout=sys.stderr)


def size_bytes(path: Path) -> int:
    """Return what a file, or everything in a folder, holds."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if not file.is_dir())


if __name__ == "__main__":
    main()
