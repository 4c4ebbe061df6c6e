"""The card: a question as title, an answer as one sentence, the plot below."""

from collections.abc import Sequence
from typing import Any

import panel as pn
import panel_material_ui as pmui

from energyvis_panel.views import theme

CARD_SX = {
    "borderColor": "divider",
    "boxShadow": "none",
    "padding": "12px 16px 12px 16px",
    "boxSizing": "border-box",
    "overflow": "hidden",
}


def card(title: Any, *body: Any, answer: Any = None, actions: Any = None, **params: Any) -> Any:
    """Outlined paper with a heading row, an optional answer sentence, and the body.

    Parameters
    ----------
    title, answer
        Text, or anything that Panel can resolve to text (a bound function, a parameter); None = none.
    body
        Views below the heading.
    actions
        Small controls at the right end of the heading row.
    params
        Further parameters of the paper, e.g. ``sizing_mode``.

    """
    head: list[Any] = []
    if title is not None:
        heading = pmui.Typography(
            title,
            variant="subtitle1",
            sx={"fontWeight": 600, "lineHeight": 1.3, "margin": 0},
            margin=0,
            sizing_mode="stretch_width",
        )
        controls = [actions] if actions is not None else []
        head.append(pmui.Row(heading, *controls, margin=0, sizing_mode="stretch_width"))
    if answer is not None:
        head.append(
            pmui.Typography(
                answer,
                variant="body2",
                sx={"color": "text.secondary", "margin": 0},
                margin=(0, 0, 4, 0),
                sizing_mode="stretch_width",
            )
        )
    params.setdefault("sizing_mode", "stretch_width")
    params.setdefault("margin", 0)
    return pmui.Paper(*head, *body, variant="outlined", elevation=0, sx=CARD_SX, **params)


def side_by_side(*views: Any, shares: Sequence[int], narrowest: int = 420) -> Any:
    """Views in one row that share its width as given; they stack below ``narrowest`` pixels each."""
    for view, share in zip(views, shares, strict=True):
        view.styles = {
            **view.styles,
            "flex": f"{share} 1 {narrowest}px",
            "min-width": f"min(100%, {narrowest}px)",
        }
    return pn.FlexBox(
        *views,
        flex_wrap="wrap",
        align_items="stretch",
        gap=f"{theme.SPACE}px",
        sizing_mode="stretch_width",
        margin=0,
    )
