"""Thresholds, conspicuous nodes and explained effects beside the anomaly timeline."""

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent

from energyvis_panel.views.explore.controls import stylesheets

HERE = Path(__file__).parent


class AnomalySettings(JSComponent):
    """Number fields of the thresholds. It sends messages ``{name, text}``."""

    fields = param.List(doc="Each: name, sign (how its marks look), before, text, after.")
    refusal = param.String(default="", doc="Why the last number was refused; empty when all is well.")

    _esm = HERE / "anomaly_settings.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "anomaly_settings.css")


class AnomalyFindings(JSComponent):
    """Nodes with the most flagged runs, and effects that are explained. It sends messages ``{node}``."""

    nodes = param.List(doc="Each: node, text, and its share of flagged runs from 0 to 1.")
    effects = param.List(doc="Effects, a sentence each.")

    _esm = HERE / "anomaly_findings.js"
    _stylesheets: ClassVar[list[str]] = stylesheets(HERE / "anomaly_settings.css")
