"""The page over chosen data, without a browser: switch, notices, stand-ins, and the rail's words."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import panel as pn
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc
from panel.tests.util import wait_until as wait_for

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lab_runs import LabRuns
from energyvis_panel.data.lake import Lake
from energyvis_panel.errors import DatasetError
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import DataChoice
from energyvis_panel.state.explore.lab.lab_exploration import lab_exploration
from energyvis_panel.views.explore.selection.data_bar import DataBar
from energyvis_panel.views.explore.selection.rail import Rail, data_html
from energyvis_panel.views.explore.sources import UNCHANGED, ExploreSources
from tests.lake_fixture import LakeWriter
from tests.views.conftest import send

Make = Callable[..., ExploreSources]


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    return LakeWriter(tmp_path / "lake")


@pytest.fixture
def chosen() -> list[str]:
    """Names of the runs that were shown, with the link of their brushes."""
    return []


@pytest.fixture
def make(butter_e: Gateway, writer: LakeWriter, chosen: list[str]) -> Iterator[Make]:
    with Gateway(threads=1) as gateway:
        lab = LabRuns(Lake(gateway, writer.path), threads=1)
        openers = {"butter-e": lambda: Exploration(butter_e), "lab": lambda: lab_exploration(lab)}

        def made(**params: Any) -> ExploreSources:
            def told(source: str, state: Exploration) -> None:
                chosen.append(f"{source} {state.link}".strip())

            return ExploreSources(openers, Rail, chosen=told, **params)

        yield made


def rail_of(sources: ExploreSources) -> Any:
    assert isinstance(sources.page, Rail)
    return sources.page


def switch_of(viewable: Any) -> DataBar:
    """The switch in a page or in what stands in for it."""
    found = list(viewable.__panel__().select(DataBar))
    assert len(found) == 1
    switch: DataBar = found[0]
    return switch


def texts_of(sources: ExploreSources) -> str:
    return " ".join(str(pane.object) for pane in sources.body.select(lambda one: hasattr(one, "object")))


def test_other_runs_take_the_place_of_the_page_and_what_fits_of_the_selection(
    make: Make, writer: LakeWriter, chosen: list[str]
) -> None:
    writer.plain_run()
    sources = make(link="hardware:GPU node;dataset:mnist")
    first = sources.page
    assert chosen == ["butter-e dataset:mnist;hardware:GPU node"]
    send(switch_of(first), {"source": "lab"})
    assert sources.page is not first
    assert len(sources.body.objects) == 1
    state = rail_of(sources)._state
    assert (state.total_runs, state.run_count) == (1, 1)
    assert chosen[1:] == ["lab hardware:GPU node"]
    switch = switch_of(sources.page)
    assert switch.source == "lab"
    assert switch.since == DataChoice.of(state).since
    assert switch.notice.endswith("before: Data set: mnist. It was dropped.")
    assert switch.takes_focus
    state.brush_set("dataset", ("vision",))
    send(switch, {"source": "butter-e"})
    assert rail_of(sources)._state.total_runs == 63_527
    assert chosen[2:] == ["butter-e hardware:GPU node"]
    assert switch_of(sources.page).since == ""
    assert switch_of(sources.page).notice.endswith("before: Data set: vision. It was dropped.")


def test_the_lake_is_read_again_on_demand_alone(make: Make, writer: LakeWriter, chosen: list[str]) -> None:
    writer.plain_run()
    sources = make(source="lab")
    page = sources.page
    send(switch_of(page), {"source": "lab"})
    assert sources.page is page
    assert DataChoice.of(rail_of(sources)._state).notice == UNCHANGED
    writer.plain_run("01JBQ0000000000000000000AB")
    assert rail_of(sources)._state.total_runs == 1
    send(switch_of(page), {"source": "lab"})
    assert rail_of(sources)._state.total_runs == 2
    assert chosen == ["lab", "lab"]


def test_an_empty_lake_shows_the_next_step_and_a_way_on(make: Make, writer: LakeWriter) -> None:
    sources = make(source="lab", link="hardware:GPU node")
    assert sources.page is None
    said = texts_of(sources)
    assert "holds no run yet" in said
    assert "--tag optimizer=adam" in said
    send(switch_of(sources), {"source": "lab"})
    assert sources.page is None
    writer.plain_run()
    send(switch_of(sources), {"source": "lab"})
    assert rail_of(sources)._state.total_runs == 1
    assert rail_of(sources)._state.link == "hardware:GPU node"


def test_from_an_empty_lake_back_to_butter_e(make: Make) -> None:
    sources = make(source="lab")
    send(switch_of(sources), {"source": "butter-e"})
    assert rail_of(sources)._state.total_runs == 63_527


def test_a_lake_that_fails_leaves_the_page_and_says_why(butter_e: Gateway) -> None:
    def failing() -> Exploration:
        raise DatasetError("The lake changes faster than it can be read. Try again in a moment.")

    sources = ExploreSources({"butter-e": lambda: Exploration(butter_e), "lab": failing}, Rail)
    page = sources.page
    switch = switch_of(page)
    send(switch, {"source": "lab"})
    assert sources.page is page
    assert (switch.source, switch.busy) == ("butter-e", False)
    assert switch.notice.startswith("The lake changes faster")


def test_runs_are_not_opened_before_the_browser_has_the_page(
    make: Make, writer: LakeWriter, unheard: Document
) -> None:
    writer.plain_run("01JBQ0000000000000000000S1")
    with set_curdoc(unheard):
        sources = make(source="lab")
        (switch,) = sources.body.select(DataBar)
        assert switch.busy
        assert unheard in pn.state._onload
        pn.state._on_load(unheard)
        wait_for(lambda: bool(unheard.session_callbacks))
        (tick,) = unheard.session_callbacks
        tick.callback()
    assert rail_of(sources)
    assert "are read from the lake" not in texts_of(sources)


def test_whatever_befalls_the_reading_is_said(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> Exploration:
        raise RuntimeError("a disk is gone")

    sources = ExploreSources({"lab": fails}, Rail, source="lab")
    assert "These runs could not be read. The server&#x27;s log says why." in texts_of(sources)
    assert "a disk is gone" in caplog.text
    caplog.clear()


def test_what_is_no_data_is_butter_e_and_a_spoilt_link_is_refused(make: Make) -> None:
    sources = make(source="colour", link="colour:red")
    state = rail_of(sources)._state
    assert not DataChoice.of(state).is_lab
    assert "names no dimension" in state.refusal
    for message in (None, {"source": "colour"}, {"source": ["lab"]}):
        page = sources.page
        send(switch_of(page), message)
        assert sources.page is page


def test_the_rail_says_whose_runs_and_offers_their_statuses(make: Make, writer: LakeWriter) -> None:
    writer.plain_run()
    writer.plain_run("01JBQ0000000000000000000AB", state="failed")
    rail = rail_of(make(source="lab"))
    assert "2 training runs" in data_html(rail._state)
    assert str(writer.path) in data_html(rail._state)
    assert [option["value"] for option in rail.scope.groups[0]["options"]] == [
        "All runs",
        "Ended",
        "Measured",
    ]
    send(rail.scope, {"name": "scope", "value": "Measured"})
    assert rail._state.run_count == 1
    status = next(one for one in rail.filters.categories if one["name"] == "status")
    assert status["texts"]["failed"] == "failed: ended with an error, or was lost"
    alone = Rail(Exploration(rail._state.asking._gateway))
    assert not alone.__panel__().select(DataBar)
    assert "BUTTER-E, 2 training runs" in data_html(alone._state)
