"""What would a training take that nobody has measured? A profile from chips, hours and a load."""

from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from energyvis_panel.domain.hardware import PRECISION_LABELS
from energyvis_panel.state.estimate import EstimateState, SearchChips
from energyvis_panel.state.estimate_fields import BASES
from energyvis_panel.state.study import Study
from energyvis_panel.views.card import card
from energyvis_panel.views.study import form_fields
from energyvis_panel.views.study.estimate.estimate_rows import assumed_text, hit_rows, piece_rows, total_rows
from energyvis_panel.views.study.open_button import OpenButton

HERE = Path(__file__).parent
LOAD_HINT = "GPUs that train: 40 to 90\N{NO-BREAK SPACE}%"


class EstimateFields(JSComponent):
    """The form in plain DOM; sends what is asked for as messages with an ``action``."""

    fields = param.Dict(default={}, doc="Texts of the form by name.")
    refusals = param.Dict(default={}, doc="What is wrong with a field, by name.")
    missing = param.String(doc="What is still needed; '' = nothing.")
    pieces = param.List(doc="Chips chosen so far; see piece_rows.")
    hits = param.List(doc="Chips found; see hit_rows.")
    totals = param.List(doc="Totals; see total_rows.")
    assumed = param.String(doc="What the totals rest on.")
    bases = param.List(doc="Pairs of value and text.")
    precisions = param.List(doc="Pairs of value and text.")
    regions = param.List(doc="Pairs of value and text.")
    load_text = param.String(default=LOAD_HINT, doc="Hint below the load.")
    focus = param.Integer(default=0, doc="Raised to put the focus on the first field.")

    _esm = form_fields.SCRIPT + (HERE / "estimate_form.js").read_text(encoding="utf-8")
    _stylesheets: ClassVar[list[str]] = [
        form_fields.STYLES,
        (HERE / "estimate_form.css").read_text(encoding="utf-8"),
    ]


class EstimateForm(Viewer):
    """The card of the form, bound to a state of its own, and the button that opens it.

    Parameters
    ----------
    study
        Gets the profile that is made.
    search_chips
        Finds chips by what was typed.
    opened
        Whether the form shows from the start, as it does where it stands alone.

    """

    def __init__(
        self, study: Study, search_chips: SearchChips, *, opened: bool = False, **params: Any
    ) -> None:
        super().__init__(**params)
        self.study = study
        self.state = EstimateState(study, search_chips, opened=opened)
        state = self.state
        names = sorted((intensity.name, region_id) for region_id, intensity in study.intensities.items())
        self.component = EstimateFields(
            fields=state.param.fields,
            refusals=state.param.refusals,
            missing=state.param.missing,
            bases=list(BASES.items()),
            precisions=list(PRECISION_LABELS.items()),
            regions=[("", "Not known"), *((region_id, name) for name, region_id in names)],
            sizing_mode="stretch_width",
            margin=(8, 0, 0, 0),
        )
        self.component.on_msg(self._act)
        state.param.watch(self._show, ["pieces", "hits", "preview"])
        study.param.watch(self._show, "pounds")
        self._show()

    def button(self) -> Any:
        """Button that opens the form, or closes it again."""

        def pressed(_event: Any) -> None:
            if self.state.opened:
                self.state.opened = False
                return
            self.state.open()
            self.component.focus += 1

        button = OpenButton(label="+ Estimate", opened=self.state.param.opened, margin=0)
        button.on_msg(pressed)
        return button

    def _show(self, *_events: Any) -> None:
        """Bring chips, hits and totals in line with the state."""
        state = self.state
        self.component.param.update(
            pieces=piece_rows(state.pieces),
            hits=hit_rows(state.hits),
            totals=total_rows(state.preview, pounds=self.study.pounds),
            assumed=assumed_text(state.preview),
        )

    def _act(self, event: Any) -> None:
        request, state = event.data, self.state
        action, value = request.get("action"), str(request.get("value", ""))
        place = request.get("place")
        if action == "field":
            state.set_field(str(request.get("name", "")), value)
        elif action == "search":
            state.search(value)
        elif action == "add":
            state.add_chip(str(request.get("id", "")))
        elif action == "count" and isinstance(place, int):
            state.set_count(place, value)
        elif action == "remove" and isinstance(place, int):
            state.remove_chip(place)
        elif action == "make":
            state.make()
        elif action == "close":
            state.opened = False

    def __panel__(self) -> Any:
        """Return the card, unseen until the form is opened."""
        return card("New profile by estimate", self.component, visible=self.state.param.opened)
