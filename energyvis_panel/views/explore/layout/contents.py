"""The bar over the views: overview or workbench, and the chapters to jump to."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.views.explore.controls import stylesheets
from energyvis_panel.views.explore.layout.chapters import CHAPTERS

HERE = Path(__file__).parent


class Contents(JSComponent):
    """Table of contents, which stays in reach while the views scroll.

    It sends ``{action: mode, mode, last}``, where ``last`` is the workbench that this browser showed last,
    ``{action: near, name}`` for a view that is jumped to, ``{action: build_all}`` before printing, and
    ``{action: tour}``.
    """

    chapters = param.List(doc="Each: name, title, and views as name and question.")
    mode = param.String(default="overview", doc="What is shown: overview or workbench.")
    built = param.Integer(default=0, doc="How many of the views are there.")
    jump = param.Dict(default={}, doc="A view to bring into the window: name, serial, takes_focus.")
    has_tour = param.Boolean(default=False, doc="Whether there is a tour to take.")
    bench = param.String(default="", doc="The workbench as text, to keep in this browser; '' = none.")

    _esm = HERE / "contents.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "contents.css")

    def __init__(self, **params: Any) -> None:
        chapters = [
            {
                "name": chapter.name,
                "title": chapter.title,
                "views": [{"name": place.name, "title": place.view.question} for place in chapter.places],
            }
            for chapter in CHAPTERS
        ]
        super().__init__(**({"chapters": chapters, "margin": 0, "sizing_mode": "stretch_width"} | params))
