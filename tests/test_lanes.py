"""The command that runs all tests: what fails is tried once more by itself, and told either way."""

import sys
from pathlib import Path

import pytest

from tests import lanes

OPTION = """
def pytest_addoption(parser):
    parser.addoption("--ui", action="store_true")
"""
UNSTEADY = """
def test_second_time():
    from pathlib import Path
    seen = Path({seen!r})
    was_here = seen.exists()
    seen.touch()
    assert was_here, "not the first time"

def test_always():
    assert {always}
"""


def ran(folder: Path, monkeypatch: pytest.MonkeyPatch, *, always: bool) -> int:
    """Exit status of a run of a test that fails once, and one that always passes or never."""
    (folder / "browser_option.py").write_text(OPTION)
    tests = folder / "test_them.py"
    tests.write_text(UNSTEADY.format(seen=str(folder / "seen"), always=always))
    monkeypatch.setattr(lanes, "CHECKS", ())
    configured = ["-p", "browser_option", "-c", "/dev/null", "--rootdir", str(folder), str(tests)]
    return lanes.run_all(Path(sys.executable), configured, {"PYTHONPATH": str(folder)})


def test_a_test_that_passes_by_itself_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert ran(tmp_path, monkeypatch, always=True) == 0
    *_rest, unsteady, end = capfdbinary.readouterr().out.decode().splitlines()
    assert unsteady.startswith("bootstrap: failed beside others: test_them::test_second_time: ")
    assert "not the first time" in unsteady
    assert end == "bootstrap: all passed"


def test_a_test_that_fails_again_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert ran(tmp_path, monkeypatch, always=False) == 1
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert lines[-1] == "bootstrap: failed: pytest, without a browser"
    assert sum("failed beside others" in line for line in lines) == 2
    (again,) = (line for line in lines if "failed by itself, too" in line)
    assert "test_them::test_always" in again


def test_each_test_in_a_browser_is_where_they_are_looked_for() -> None:
    marked = [
        path.relative_to(lanes.ROOT)
        for path in (lanes.ROOT / "tests").rglob("test_*.py")
        if "pytest.mark.ui" in path.read_text() and path != Path(__file__)
    ]
    assert len(marked) > 20
    assert [path for path in marked if not any(path.is_relative_to(place) for place in lanes.BROWSED)] == []
