"""An alert whose text stays text: what it tells may come from a link, a file name or a lake."""

from typing import Any

import panel as pn
import panel_material_ui as pmui
import param


def plain_alert(text: Any, severity: str, **params: Any) -> Any:
    """Alert with one sentence, unseen while there is none.

    Parameters
    ----------
    text
        The sentence, or a parameter that holds it.
    severity
        ``"error"``, ``"warning"``, ``"info"`` or ``"success"``.
    params
        Further parameters of the alert.

    """
    shown = pn.bind(as_markdown, text) if isinstance(text, param.Parameter) else as_markdown(text)
    visible = pn.bind(bool, text) if isinstance(text, param.Parameter) else bool(text)
    return pmui.Alert(object=shown, severity=severity, visible=visible, sizing_mode="stretch_width", **params)


def as_markdown(text: str) -> str:
    """``text`` so that an alert, which reads Markdown with HTML in it, shows each letter as it is.

    A reference to a character is never read as a mark of Markdown, nor as a tag (CommonMark 0.31, "Entity
    and numeric character references").
    """
    return "".join(
        letter if letter.isalnum() or letter == " " else f"&#{ord(letter)};"
        for letter in " ".join(text.split())
    )
