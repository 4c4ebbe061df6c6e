"""Views are tested without a browser: set state, read the element."""

from collections.abc import Iterator
from typing import Any

import holoviews as hv
import panel as pn
import pytest
from panel.models.esm import DataEvent


@pytest.fixture(scope="session", autouse=True)
def bokeh_backend() -> None:
    hv.extension("bokeh", logo=False)


def send(component: Any, message: object) -> None:
    """Hand a component a message as if the browser had sent it."""
    component._process_event(DataEvent(model=None, data=message))


@pytest.fixture(autouse=True)
def fresh_panel_state() -> Iterator[None]:
    yield
    pn.state.reset()
