"""The shape of the program: what may import what, how long files are, and what is never fetched."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (ROOT / "energyvis_panel", ROOT / "tracker" / "energyvis_tracker")
LONGEST = 400
WHOLE_DOMAIN = (
    "import pkgutil, importlib, energyvis_panel.domain as d\n"
    "for m in pkgutil.iter_modules(d.__path__): importlib.import_module(f'{d.__name__}.{m.name}')"
)
FETCHED = re.compile(
    r"gv\.feature|gv\.tile_sources|cartopy\.feature|tile_sources"
    r"|https?://[\w.-]*(cdn\.|unpkg\.com|jsdelivr|esm\.sh|fonts\.g|cloudflare)"
)


def source_files() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted(package.rglob("*"))
        if path.suffix in {".py", ".js", ".css"}
        and ".bundle." not in path.name
        and "_shipped" not in path.parts
    ]


def modules_after(statement: str) -> set[str]:
    """Top-level modules of a fresh interpreter after a statement."""
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    ("statement", "banned"),
    [
        ("import energyvis_panel", {"panel", "duckdb", "numpy", "pyarrow", "param"}),
        (
            WHOLE_DOMAIN,
            {"panel", "param", "duckdb", "holoviews", "bokeh", "pyarrow", "pandas", "polars"},
        ),
        (
            "import energyvis_panel.state.runs, energyvis_panel.state.lake_watch",
            {"panel", "holoviews", "bokeh", "geoviews", "datashader"},
        ),
        ("import energyvis_panel.settings", {"panel", "duckdb", "pyarrow", "numpy"}),
        (
            "import energyvis_tracker",
            {"pyarrow", "energyvis_panel", "numpy", "pandas", "panel", "duckdb", "psutil", "pynvml"},
        ),
    ],
    ids=["package", "domain", "state", "settings", "tracker"],
)
def test_import_brings_in_nothing_heavy(statement: str, banned: set[str]) -> None:
    assert not modules_after(statement) & banned


def test_contracts_between_the_layers_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_short_and_fetches_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST
    assert not FETCHED.search(text)


def test_the_pattern_of_foreign_addresses_finds_them() -> None:
    for text in (
        "gv.feature.states",
        "import cartopy.feature",
        "https://cdn.jsdelivr.net/x",
        "https://unpkg.com/x",
        "https://fonts.googleapis.com",
    ):
        assert FETCHED.search(text)
    assert not FETCHED.search("https://arxiv.org/abs/1906.02243")
