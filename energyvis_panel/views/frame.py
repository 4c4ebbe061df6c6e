"""The frame of every page: name, pages, lake, theme; and the plain frame of a single embedded view."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewer

from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.shell import Shell
from energyvis_panel.views import theme
from energyvis_panel.views.keyboard_sheet import KeyboardSheet
from energyvis_panel.views.navigation import Navigation
from energyvis_panel.views.tuned_figures import TunedFigures

log = logging.getLogger(__name__)

PAGE_TITLES = {"study": "Study", "runs": "Runs", "explore": "Explore"}
PAGE_HEAD = Path(__file__).parent / "page_head.html"
"""What each page's head holds beside Panel's own."""
APP_BAR_SX = {
    "& .MuiAppBar-root": {
        "backgroundColor": "var(--ev-paper)",
        "color": "var(--ev-text)",
        "boxShadow": "none",
        "borderBottom": "1px solid var(--ev-line)",
        "backgroundImage": "none",
    },
    "& .MuiToolbar-root": {"minHeight": "52px !important"},
    "& .title": {"fontSize": "18px", "fontWeight": 700, "color": "var(--ev-text) !important"},
    "& .MuiToolbar-root a": {"textDecoration": "none"},
}


def failed(error: BaseException) -> Any:
    """Sentence in place of a view that could not be built."""
    text = (
        str(error) if isinstance(error, EnergyVisError) else "This view could not be built. The log says why."
    )
    return pmui.Alert(object=text, severity="error", sizing_mode="stretch_width")


def guarded(build: Callable[[], Any]) -> Any:
    """Result of ``build``, or a sentence where it fails: one broken view never blanks the page."""
    try:
        view = build()
        # A viewer lays itself out when it is first drawn, which is too late to catch what fails there.
        return view.__panel__() if isinstance(view, Viewer) else view
    except Exception as error:
        log.exception("A view could not be built")
        return failed(error)


def full_page(shell: Shell, builders: Mapping[str, Callable[[], Any]], status: Any = None) -> Any:
    """Page with all parts; a part is built when it is first opened and kept from then on."""
    holders = {name: pn.Column(sizing_mode="stretch_width", margin=0) for name in builders}

    def show(*_events: Any) -> None:
        for name, holder in holders.items():
            if name == shell.page and not holder.objects and not holder.loading:
                holder.loading = True
                pn.state.execute(partial(_fill, holder, builders[name]), schedule=True)
            holder.visible = name == shell.page

    show()
    shell.param.watch(show, "page")
    titles = [[name, title] for name, title in PAGE_TITLES.items() if name in builders]
    navigation = Navigation(pages=titles, page=shell.page, margin=(0, 8), align="center")

    def turned(event: Any) -> None:
        # What the browser sends is checked: only pages that exist are turned to.
        if event.new in builders:
            shell.page = event.new

    navigation.param.watch(turned, "page")
    shell.param.watch(lambda event: navigation.param.update(page=event.new), "page")
    page = pmui.Page(  # type: ignore[attr-defined] # exported at run time only
        title="EnergyVis",
        template=PAGE_HEAD,
        header=[
            pn.Row(
                navigation,
                pn.layout.HSpacer(),
                *([status] if status is not None else []),
                KeyboardSheet(align="center"),
            )
        ],
        main=[
            TunedFigures(),
            pn.Column(
                *holders.values(),
                sizing_mode="stretch_width",
                margin=0,
                styles={"padding": f"{theme.SPACE}px", "box-sizing": "border-box"},
            ),
        ],
        theme_config=theme.THEME_CONFIG,
        dark_theme=shell.dark,
        main_width=theme.CONTENT_WIDTH,
        sx=APP_BAR_SX,
    )
    page.link(shell, dark_theme="dark")
    return page


def single_view(shell: Shell, build: Callable[[], Any]) -> Any:
    """Page with one view and nothing around it, for an iframe."""
    return pmui.Page(  # type: ignore[attr-defined] # exported at run time only
        title="EnergyVis",
        template=PAGE_HEAD,
        main=[TunedFigures(), pn.Column(guarded(build), sizing_mode="stretch_width", margin=theme.SPACE)],
        theme_config=theme.THEME_CONFIG,
        dark_theme=shell.dark,
        theme_toggle=False,
        # A page, not a bare view: only a page hands its theme on to the figures.
        sx={"& .MuiAppBar-root, & .MuiToolbar-root": {"display": "none"}},
    )


def unknown_view(name: str, known: list[str]) -> Any:
    """Sentence about a view that does not exist."""
    text = f"There is no view {escape(name[:60])!r}. Known views: {', '.join(sorted(known))}."
    return pmui.Alert(object=text, severity="error", sizing_mode="stretch_width")


def _fill(holder: Any, build: Callable[[], Any]) -> None:
    holder.objects = [guarded(build)]
    holder.loading = False
