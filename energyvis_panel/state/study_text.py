"""A study as one text that another study can be brought to."""

from typing import Final
from urllib.parse import parse_qsl, urlencode

import param

from energyvis_panel.state.address import follow_query, study_query
from energyvis_panel.state.study import Study

STUDY_WATCHED: Final = ("choice", "measure", "axis", "cumulative", "log_scale", "pounds")
"""Parameters of a study that its text depends on."""


def study_text(study: Study) -> str:
    """What the study compares and how it is shown, as the query of an address."""
    return urlencode({name: value for name, value in study_query(study).items() if value is not None})


def follow_study_text(study: Study, text: str) -> None:
    """Bring the study to a text; what it does not name becomes as it is by default."""
    with param.parameterized.batch_call_watchers(study):
        study.reset()
        follow_query(study, dict(parse_qsl(text)))
