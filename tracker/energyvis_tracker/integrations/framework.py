"""Where the base class of a callback comes from."""

import importlib
import sys
from typing import Any


def callback_base(class_name: str, *modules: str) -> Any:
    """Return the class of that name from the first module that can be imported.

    A module whose package the program has imported already goes first.

    Raises
    ------
    ImportError
        If none of the packages is installed.
    """
    for module in sorted(modules, key=lambda module: module.partition(".")[0] not in sys.modules):
        try:
            return getattr(importlib.import_module(module), class_name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{module}.".startswith(f"{error.name}."):
                raise
    packages = " or ".join(dict.fromkeys(module.partition(".")[0] for module in modules))
    raise ImportError(f"This callback needs {packages}, which is not installed.")
