"""The parts of one part as a list of buttons, for the keyboard, the phone, and names that do not fit."""

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.views.explore.controls import stylesheets

HERE = Path(__file__).parent


class PartsList(JSComponent):
    """A path of buttons to go back by, and a list of buttons to go on by.

    It sends messages ``{kind, value}``: ``into`` with the place of a part in the list, ``up`` with how many
    parts of the path remain, ``look`` to see the runs.
    """

    path = param.List(doc="Names of the parts that hold the listed ones, from the whole on.")
    title = param.String(doc="What is listed.")
    parts = param.List(
        doc="Each: name, colour, amount, share, filled share and length of its bar, selectable."
    )
    chosen = param.Integer(default=-1, doc="Place of the part that is brushed, in the list; -1 for none.")

    _esm = HERE / "parts_list.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "parts_list.css")
