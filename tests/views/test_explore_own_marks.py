"""Own runs on the figures of two views, and the list they are chosen from, without a browser."""

import math
from typing import Any

import pytest
from bokeh.models import VSpan

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.own_runs import OwnRun, OwnRuns
from energyvis_panel.views.explore.distribution.energy_histogram import EnergyHistogram
from energyvis_panel.views.explore.frontier.runtime_energy import RuntimeEnergy
from energyvis_panel.views.explore.own_marks import LABEL_PX, OwnMarks
from energyvis_panel.views.explore.selection.own_runs_picker import MOST_LISTED, OwnRunsPicker
from energyvis_panel.views.explore.selection.rail import Rail
from tests.views.conftest import send


def run(name: str, energy_j: float = 3.6e5, time_s: float = 1000.0, **changes: Any) -> OwnRun:
    values = {"energy_j": energy_j, "run_time_s": time_s, "power_w": energy_j / time_s, "j_per_datum": None}
    facts: dict[str, Any] = {
        "hardware": "GPU node",
        "status": "measured",
        "kinds": "gpu",
        "detail": "2026-11-03",
    }
    return OwnRun(name, name, values=values, **facts | changes)


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def own(state: Exploration) -> OwnRuns:
    return OwnRuns.of(state)


def mark(own: OwnRuns, *runs: OwnRun) -> None:
    own.runs = runs
    own.clear()
    for one in runs:
        own.toggle(one.run_id)


def shown(marks: Any) -> dict[str, list[Any]]:
    """Columns of the marks that are seen."""
    data = marks.source.data
    assert {len(column) for column in data.values()} == {8}
    at = [place for place, x in enumerate(data["x"]) if not math.isnan(x)]
    return {name: [column[place] for place in at] for name, column in data.items()}


def test_a_run_lies_at_its_time_and_energy_and_says_so(state: Exploration, own: OwnRuns) -> None:
    view = RuntimeEnergy(state)
    assert shown(view.own)["x"] == []
    mark(own, run("resnet"))
    seen = shown(view.own)
    # 360,000 J are 100 Wh.
    assert (seen["x"], seen["y"]) == ([1000.0], [100.0])
    assert seen["text"] == ["your run resnet: 100 Wh, 16 min 40 s, measured"]
    assert seen["name"] == ["resnet"]
    assert seen["energy_said"] == ["100 Wh (gpu)"]
    table = view.table()
    assert table.rows[-1][:5] == [1000.0, 3.6e5, "your run resnet", None, "GPU node"]
    assert len({len(row) for row in table.rows}) == 1
    own.clear()
    assert shown(view.own)["x"] == []


def test_a_run_beyond_the_axes_stands_at_the_frame(state: Exploration, own: OwnRuns) -> None:
    view = RuntimeEnergy(state)
    mark(own, run("huge", energy_j=1e12, time_s=1.0))
    seen = shown(view.own)
    assert seen["y"] == [pytest.approx(state.axes["energy_j"].high / 3600)]
    assert seen["x"] == [pytest.approx(state.axes["run_time_s"].low)]
    assert seen["text"][0].endswith("measured, beyond the frame")


def test_labels_stay_inside_and_apart(state: Exploration, own: OwnRuns) -> None:
    view = RuntimeEnergy(state)
    axis = state.axes["run_time_s"]
    mark(own, run("left", time_s=axis.value(10)), run("right", time_s=axis.value(230)))
    assert shown(view.own)["align"] == ["left", "right"]
    # Two near each other at one height: the label of the left one lies on its left.
    mark(own, *(run(f"run {at}", time_s=axis.value(place)) for at, place in enumerate((60, 120, 132))))
    assert shown(view.own)["align"] == ["left", "right", "left"]
    mark(own, run("middle", time_s=axis.value(120)))
    assert shown(view.own)["align"] == ["center"]
    assert shown(view.own)["down"] == [-LABEL_PX]
    mark(own, *(run(f"run {at}") for at in range(8)))
    seen = shown(view.own)
    assert sorted(seen["down"]) == pytest.approx([LABEL_PX * at for at in range(8)])
    assert seen["text"][0] == "run 0, 100 Wh"


def test_nothing_is_sent_at_a_brush(state: Exploration, own: OwnRuns) -> None:
    view = RuntimeEnergy(state)
    mark(own, run("resnet"))
    before = view.own.source.data
    state.brush_range("depth", 4, 6)
    assert view.own.source.data is before


def test_a_distribution_has_a_line_at_each_run_for_each_measure(state: Exploration, own: OwnRuns) -> None:
    mark(own, run("gpu run"), run("cpu run", hardware="CPU node"), run("third", energy_j=5.4e5))
    view = EnergyHistogram(state)

    def source() -> Any:
        (line,) = [one for one in view.chart.renderers if isinstance(getattr(one, "glyph", None), VSpan)]
        return shown(type("Marks", (), {"source": line.data_source}))

    seen = source()
    assert seen["x"] == [100.0, 100.0, 150.0]
    assert seen["y"] == [0.0, 0.0, 0.0]
    # CPU nodes above the line, GPU nodes below it, by energy.
    assert seen["down"] == [LABEL_PX, -LABEL_PX, 2 * LABEL_PX]
    view.choices.chosen = view.choices.chosen | {"measure": "power_w"}
    assert source()["x"] == [360.0, 360.0, 540.0]
    view.choices.chosen = view.choices.chosen | {"measure": "j_per_datum"}
    assert source()["x"] == []
    view.choices.chosen = view.choices.chosen | {"measure": "std_energy_j"}
    assert not [one for one in view.chart.renderers if isinstance(getattr(one, "glyph", None), VSpan)]


def test_marks_of_another_exploration_are_its_own(
    butter_e: Gateway, state: Exploration, own: OwnRuns
) -> None:
    other = RuntimeEnergy(Exploration(butter_e))
    mark(own, run("resnet"))
    assert shown(other.own)["x"] == []
    assert shown(OwnMarks(state, other.chart, "run_time_s", "energy_j"))["x"] == [1000.0]


def test_the_list_is_searched_ticked_and_says_reasons(own: OwnRuns) -> None:
    own.runs = (
        *(run(f"net {at}") for at in range(MOST_LISTED + 3)),
        run("dead", status="failed"),
        run("guess", status="estimated"),
    )
    picker = OwnRunsPicker.of(own)
    assert len(picker.listed) == MOST_LISTED
    assert picker.counts == {"can": MOST_LISTED + 3, "cannot": 2, "marked": 0}
    assert picker.left_out[0] == {"text": "dead", "reason": "it ended with an error, or was lost"}
    send(picker, {"action": "search", "words": "GPU net 32"})
    assert [one["run_id"] for one in picker.listed] == ["net 32"]
    send(picker, {"action": "toggle", "run_id": "net 32"})
    assert [one.name for one in own.marks] == ["net 32"]
    send(picker, {"action": "search", "words": ""})
    assert (picker.listed[0]["run_id"], picker.listed[0]["marked"]) == ("net 32", True)
    assert not picker.listed[1]["marked"]
    send(picker, {"action": "toggle", "run_id": "dead"})
    assert picker.refusal.startswith("Not marked: dead")
    send(picker, {"action": "clear"})
    assert picker.counts["marked"] == 0
    for message in (None, {"action": "toggle", "run_id": 3}, {"action": ["search"]}, {"action": "search"}):
        send(picker, message)
    assert own.marks == ()


def test_the_rail_offers_marks_where_there_is_a_lake(state: Exploration, own: OwnRuns) -> None:
    assert not Rail(state).__panel__().select(OwnRunsPicker)
    own.read = lambda: pytest.fail("nothing is read before it is opened")
    assert len(list(Rail(state).__panel__().select(OwnRunsPicker))) == 1
