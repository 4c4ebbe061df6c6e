"""Names one bar of the figure of overhead, to brush its group or see its runs without a pointer."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.views.explore.controls import stylesheets

HERE = Path(__file__).parent


class GroupPicker(JSComponent):
    """A list of groups and two buttons; it sends messages ``{action: brush | look, key}``."""

    groups = param.List(doc="Groups as pairs of key and text.")
    brushed = param.List(doc="Keys of the groups that are brushed.")

    _esm = HERE / "group_picker.js"
    _stylesheets: ClassVar[list[Any]] = stylesheets(HERE / "group_picker.css")
