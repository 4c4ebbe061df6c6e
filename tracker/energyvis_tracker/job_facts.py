"""What only the job's own process can say about itself."""

import os
import sys

from energyvis_tracker.version import VERSION

FRAMEWORKS = ("torch", "tensorflow", "jax", "keras", "transformers", "lightning")


def user_name() -> str:
    """Return the login name, or the number of the user where there is none."""
    import getpass  # noqa: PLC0415 - needed once a run, and slow to import

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def package_versions() -> dict[str, str]:
    """Return the versions of Python, of this package and of the frameworks that the job has imported."""
    versions = {"python": sys.version.split()[0], "energyvis": VERSION}
    for name in FRAMEWORKS:
        version = getattr(sys.modules.get(name), "__version__", None)
        if version is not None:
            versions[name] = str(version)
    return versions
