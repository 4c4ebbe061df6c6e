"""What moves on the Explore page stands still for those who ask for that."""

import re
from pathlib import Path

import pytest

import energyvis_panel.views.explore as package

FOLDER = Path(str(package.__file__)).parent
MOVES = re.compile(r"\b(transition|animation)\s*:|behavior:[^;]*smooth|\.animate\(")
FILES = sorted(
    file.relative_to(FOLDER).as_posix()
    for ending in ("css", "js", "py")
    for file in FOLDER.rglob(f"*.{ending}")
)


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in FILES if MOVES.search(text_of(name))])
def test_what_moves_honours_reduced_motion(name: str) -> None:
    assert "prefers-reduced-motion" in text_of(name)


def test_there_is_something_that_moves() -> None:
    assert {"views.css", "layout/contents.js"} <= {name for name in FILES if MOVES.search(text_of(name))}
