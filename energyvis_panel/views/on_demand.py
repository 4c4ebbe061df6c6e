"""A card that is built when it is first opened, so that a page opens without what few look at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import panel as pn

from energyvis_panel.views.frame import guarded

STYLES: Final = (Path(__file__).parent / "on_demand.css").read_text(encoding="utf-8")


def on_demand(title: str, build: Callable[[], Any], *, opened: bool = False) -> Any:
    """Card with ``title`` that is closed at first; ``build`` makes its body when it is opened."""
    body = pn.Column(sizing_mode="stretch_width", margin=(0, 16, 12, 16))
    card = pn.Card(
        body,
        title=title,
        collapsed=not opened,
        sizing_mode="stretch_width",
        margin=0,
        stylesheets=[STYLES],
        header_css_classes=["card-header"],
        title_css_classes=["card-title"],
        css_classes=["card", "on-demand"],
    )

    def fill(*_events: Any) -> None:
        if not card.collapsed and not body.objects:
            body.objects = [guarded(build)]

    fill()
    card.param.watch(fill, "collapsed")
    return card
