"""Views are tested without a browser: set state, read the element."""

from collections.abc import Iterator

import holoviews as hv
import panel as pn
import pytest


@pytest.fixture(scope="session", autouse=True)
def bokeh_backend() -> None:
    hv.extension("bokeh", logo=False)


@pytest.fixture(autouse=True)
def fresh_panel_state() -> Iterator[None]:
    yield
    pn.state.reset()
