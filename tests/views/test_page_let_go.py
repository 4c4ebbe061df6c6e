"""What a page holds goes with it: nothing of the process keeps it."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import holoviews as hv
import panel as pn
import pytest

from energyvis_panel.state.shell import Shell
from energyvis_panel.state.study import Study
from energyvis_panel.views import frame
from energyvis_panel.views.study.chart.consumption_chart import ConsumptionChart
from tests.profiles_fixture import REFERENCES
from tests.state.test_study_state import CannedProfiles


def full() -> Any:
    return frame.full_page(Shell(), {"study": lambda: "shown"})


def single() -> Any:
    return frame.single_view(Shell(), lambda: "shown")


@pytest.mark.parametrize("build", [full, single])
def test_a_page_is_not_bound_to_what_other_sessions_do(build: Callable[[], Any]) -> None:
    page = build()
    held = weakref.ref(page)
    watchers = pn.state._param__private.watchers.get("busy", {}).get("value", [])
    assert not any(
        watcher.fn.__self__ is page.param for watcher in watchers if hasattr(watcher.fn, "__self__")
    )
    del page, watchers
    gc.collect()
    assert held() is None


def test_a_chart_that_was_drawn_goes_with_its_study() -> None:
    study = Study(CannedProfiles(), REFERENCES)
    chart = ConsumptionChart(study)
    hv.render(chart._chart())
    held = weakref.ref(study)
    del study, chart
    gc.collect()
    assert held() is None
