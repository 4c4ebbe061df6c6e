"""What a visitor leaves is let go: pages stay for years, and visitors come and go."""

import gc
import weakref
from collections.abc import Callable

import pytest

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.brushes import Brushes
from energyvis_panel.state.explore.carbon_cost.circumstances import Circumstances
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import DataChoice
from energyvis_panel.state.explore.lab.own_runs import OwnRuns
from energyvis_panel.state.explore.parallel.parallel_axes import ParallelAxes
from energyvis_panel.views.explore.page import ExplorePage


def left(build: Callable[[Exploration], object], gateway: Gateway) -> weakref.ref[Exploration]:
    """The exploration of a visitor who has gone."""
    state = Exploration(gateway)
    build(state)
    state.brush(Brushes().with_range("depth", 2, 4))
    return weakref.ref(state)


@pytest.mark.parametrize("companion", [Circumstances, DataChoice, OwnRuns, ParallelAxes])
def test_there_is_one_companion_of_a_kind_and_it_holds_nobody(butter_e: Gateway, companion: type) -> None:
    state = Exploration(butter_e)
    beside = companion.of(state)  # type: ignore[attr-defined] # each is a Companion
    assert companion.of(state) is beside  # type: ignore[attr-defined] # likewise
    assert companion.of(Exploration(butter_e)) is not beside  # type: ignore[attr-defined] # likewise
    beside.param.watch(lambda _event, state=state: state, "name")
    gone = weakref.ref(state)
    del state, beside
    gc.collect()
    assert gone() is None


def test_a_page_that_is_left_leaves_nothing_behind(butter_e: Gateway) -> None:
    gone = left(lambda state: ExplorePage(state).__panel__(), butter_e)
    gc.collect()
    assert gone() is None
