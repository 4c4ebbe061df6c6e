"""The frame of every page: name, pages, lake, theme; and the plain frame of a single embedded view."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import panel as pn
import panel_material_ui as pmui
from panel.viewable import Viewer

from energyvis_panel.errors import EnergyVisError
from energyvis_panel.state.shell import Shell
from energyvis_panel.views import theme
from energyvis_panel.views.card import NO_SCROLL_BUTTON
from energyvis_panel.views.connection import ServerConnection
from energyvis_panel.views.embed.host_page import HostPage
from energyvis_panel.views.keyboard_sheet import KeyboardSheet
from energyvis_panel.views.navigation import Navigation
from energyvis_panel.views.plain_alert import plain_alert
from energyvis_panel.views.signed_in import below_top_bar, in_top_bar
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


FRAMED_SX = {
    "height": "auto",
    "width": "100%",
    "overflow": "visible",
    "& .MuiAppBar-root, & .MuiToolbar-root": {"display": "none"},
    "& .main, & .main-content": {"overflow": "visible", "minWidth": 0, "backgroundColor": "transparent"},
}
"""As high as the views: the host page gives the frame that height, so nothing scrolls within it."""
FRAME_CSS = theme.NAMED_COLOURS.replace(":root", ":host") + NO_SCROLL_BUTTON
"""Drawn as a part of a foreign page, the theme's colours hold within the frame alone."""
VIEWS_CSS = (
    f":host {{ display: grid !important; gap: {theme.SPACE}px; align-items: stretch; "
    "grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }" + NO_SCROLL_BUTTON
)


def failed(error: BaseException) -> Any:
    """Sentence in place of a view that could not be built."""
    text = (
        str(error) if isinstance(error, EnergyVisError) else "This view could not be built. The log says why."
    )
    return plain_alert(text, "error")


def guarded(build: Callable[[], Any]) -> Any:
    """Result of ``build``, or a sentence where it fails: one broken view never blanks the page."""
    try:
        view = build()
        # A viewer lays itself out when it is first drawn, which is too late to catch what fails there.
        return view.__panel__() if isinstance(view, Viewer) else view
    except Exception as error:
        log.exception("A view could not be built")
        return failed(error)


def page_alone(**parts: Any) -> Any:
    """Material's page, which knows of its own session only.

    It comes bound to the busy flag of the process: each page would be told of each message of every
    other, and be held by the flag when its session is long gone.
    """
    page = pmui.Page(busy_indicator=None, **parts)  # type: ignore[attr-defined] # exported at run time only
    page.param._update_ref("busy", False)  # noqa: SLF001 - setting it leaves the watcher behind
    return page


def full_page(
    shell: Shell, builders: Mapping[str, Callable[[], Any]], status: Any = None, *, user: str = ""
) -> Any:
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
    page = page_alone(
        title="EnergyVis",
        site_url="./",
        template=PAGE_HEAD,
        header=[
            pn.Row(
                navigation,
                pn.layout.HSpacer(),
                *([status] if status is not None else []),
                *in_top_bar(user),
                KeyboardSheet(align="center"),
            )
        ],
        main=[
            TunedFigures(),
            ServerConnection(),
            pn.Column(
                *below_top_bar(user),
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


def single_view(
    shell: Shell,
    *builds: Callable[[], Any],
    host: HostPage | None = None,
    companions: Callable[[], Sequence[Any]] = tuple,
) -> Any:
    """Page with views and nothing around them, for an iframe; side by side where there is room.

    Parameters
    ----------
    shell
        The theme at first.
    builds
        Builders of the views.
    host
        What binds the page to the one that frames it; by default it tells its height.
    companions
        Gives what stands above the views, once these are built.

    """
    views: list[Any] = [pn.panel(guarded(build)) for build in builds]
    for view in views:
        view.styles = {**view.styles, "height": "auto", "min-width": "0"}
    frame = pn.Column(
        *companions(),
        pn.Column(*views, sizing_mode="stretch_width", margin=0, stylesheets=[VIEWS_CSS]),
        host or HostPage(theme="dark" if shell.dark else "light"),
        sizing_mode="stretch_width",
        margin=0,
        styles={"gap": f"{theme.SPACE}px"},
        stylesheets=[FRAME_CSS],
    )
    page = page_alone(
        title="EnergyVis",
        template=PAGE_HEAD,
        main=[TunedFigures(), ServerConnection(), frame],
        theme_config=theme.THEME_CONFIG,
        dark_theme=shell.dark,
        theme_toggle=False,
        # A page, not a bare view: only a page hands its theme on to the figures.
        sx=FRAMED_SX,
    )
    page.link(shell, dark_theme="dark")
    return page


def unknown_view(name: str, known: list[str]) -> Any:
    """Sentence about a view that does not exist."""
    text = f"There is no view {name[:60]!r}. Known views: {', '.join(sorted(known))}."
    return plain_alert(text, "error")


def _fill(holder: Any, build: Callable[[], Any]) -> None:
    holder.objects = [guarded(build)]
    holder.loading = False
