"""The carbon and cost view without a browser: widths, labels, formulas, controls, click, and what is sent."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent
from bokeh.events import Tap
from bokeh.models import HoverTool

from energyvis_panel.data.butter_e import load_butter_e, standin_path
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.domain.units import energy_text, mass_text, money_text, three_digits
from energyvis_panel.state.explore.carbon_cost.carbon_cost import SLOT, Amounts, RunEnergy
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.study import Study
from energyvis_panel.views.explore.carbon_cost.carbon_cost import CarbonCost
from energyvis_panel.views.explore.carbon_cost.flow_layout import (
    ACROSS,
    BANDS,
    BARS,
    COLUMNS,
    FLOOR,
    FLOW,
    FLOWS,
    GAP,
    LABEL,
    ROOM,
    STEPS,
    FlowLayout,
    spread,
)
from tests.carbon_cost_fixture import OneProfile
from tests.profiles_fixture import REFERENCES, small_profile
from tests.views.conftest import send


@pytest.fixture
def state(butter_e: Gateway) -> Exploration:
    return Exploration(butter_e)


@pytest.fixture
def view(state: Exploration) -> Any:
    return CarbonCost(state)


def found(state: Exploration) -> RunEnergy:
    return RunEnergy.of(state.answer(SLOT))


def column_of(view: Any, name: str, values: str = "text") -> list[Any]:
    """What the bars of one column say or are."""
    of = COLUMNS.index(name)
    return [
        value for (column, _), value in zip(BARS, view.flow.bars.data[values], strict=True) if column == of
    ]


def test_heights_are_energy_in_one_scale_in_every_column(view: Any, state: Exploration) -> None:
    energy = found(state)
    per_joule = FLOW / (energy.total_j * 1.04)
    assert column_of(view, "Nodes", "height") == pytest.approx(energy.energy_j.sum(axis=1) * per_joule)
    parts = energy.parts_j(1.04) * per_joule
    for name in ("Use", "Carbon", "Cost"):
        assert column_of(view, name, "height") == pytest.approx(parts)
    assert column_of(view, "Meter", "height") == pytest.approx([FLOW])


def test_each_band_keeps_its_height_and_joins_the_bars(view: Any) -> None:
    layout = view.flow.layout
    for (column, flow), ys in zip(BANDS, view.flow.bands.data["ys"], strict=True):
        upper, lower = np.array(ys[:STEPS]), np.array(ys[STEPS:][::-1])
        assert upper - lower == pytest.approx(layout.heights[flow], abs=0.11)
        assert (upper[0], upper[-1]) == pytest.approx(
            (layout.tops[column, flow], layout.tops[column + 1, flow]), abs=0.06
        )
    for column in range(1, len(COLUMNS)):
        bars = [at for at, (of, _) in enumerate(BARS) if of == column]
        assert layout.bar_heights[bars].sum() == pytest.approx(layout.heights.sum())


def test_bars_say_energy_carbon_and_cost_in_one_unit_a_column(view: Any, state: Exploration) -> None:
    parts_j = found(state).parts_j(1.04)
    amounts = [Amounts.of(float(joules), view.circumstances) for joules in parts_j]
    assert column_of(view, "Nodes") == [
        f"{three_digits(joules / 3.6e9)} MWh" for joules in found(state).energy_j.sum(axis=1)
    ]
    assert column_of(view, "Use") == [f"{three_digits(joules / 3.6e9)} MWh" for joules in parts_j]
    assert column_of(view, "Carbon") == [f"{three_digits((of.carbon_g or 0) / 1e6)} t" for of in amounts]
    assert column_of(view, "Cost") == [f"{three_digits(of.cost_usd or 0)} USD" for of in amounts]
    heads = view.flow.heads.data
    total = Amounts.of(float(parts_j.sum()), view.circumstances)
    assert heads["text"] == [
        *[energy_text(found(state).total_j)] * 2,
        energy_text(parts_j.sum()),
        mass_text(total.carbon_g or 0.0),
        money_text(total.cost_usd or 0.0),
    ]
    assert heads["how"] == ["synthetic", "derived", "× PUE 1.04", "× 495 g/kWh", "× 0.116 USD/kWh"]
    assert heads["short"] == ["synthetic", "derived", "PUE 1.04", "495 g", "0.116 USD"]


def test_the_pointer_is_told_formulas_with_numbers(view: Any, state: Exploration) -> None:
    hover = view.chart.select_one(HoverTool)
    assert "<div>@name: @text</div><div>How: @how</div>" in hover.tooltips
    carbon, cost = column_of(view, "Carbon", "how"), column_of(view, "Cost", "how")
    training = energy_text(float(found(state).parts_j(1.04)[0]))
    assert carbon[0] == f"{training} × 495 g/kWh = {column_of(view, 'Carbon')[0]} CO₂e"
    assert cost[0] == f"{training} × 0.116 USD/kWh = {column_of(view, 'Cost')[0]}"
    bands = view.flow.bands.data
    names = dict(zip(BANDS, bands["name"], strict=True))
    assert names[0, 0] == "Training, CPU nodes"
    assert names[3, len(FLOWS) - 1] == "Building"
    share = 100 * found(state).energy_j[0, 0] / (1.04 * found(state).total_j)
    assert dict(zip(BANDS, bands["how"], strict=True))[0, 0] == f"{share:.1f} % of the energy at the meter"


def test_bars_of_a_column_stand_apart_within_the_room(view: Any) -> None:
    view.circumstances.enter("pue", "1.58")
    layout = view.flow.layout
    for column in range(len(COLUMNS)):
        bars = [at for at, (of, _) in enumerate(BARS) if of == column and layout.bar_heights[at] > 0]
        tops, heights = layout.bar_tops[bars], layout.bar_heights[bars]
        assert tops[:-1] - heights[:-1] - tops[1:] == pytest.approx(GAP)
        assert tops[0] <= FLOOR + ROOM + 1e-9
        assert tops[-1] - heights[-1] >= FLOOR - 1e-9
        assert (tops[0] + tops[-1] - heights[-1]) / 2 == pytest.approx(FLOOR + ROOM / 2)


def test_labels_do_not_overlap_and_name_only_what_is_there(view: Any) -> None:
    for pue in ("1", "1.001", "1.58", "10"):
        view.circumstances.enter("pue", pue)
        labels = view.flow.labels.data
        for column in range(len(COLUMNS)):
            mine = [
                (y, name)
                for (of, _), y, name in zip(BARS, labels["y"], labels["name"], strict=True)
                if of == column and name
            ]
            assert [name for _y, name in mine] == {
                "Nodes": ["CPU", "GPU"],
                "Meter": [],
            }.get(COLUMNS[column], ["Training", "Overhead", *["Building"] * (pue != "1")])
            assert all(upper - lower >= LABEL - 1e-9 for (upper, _), (lower, _) in pairwise(mine))
            assert all(FLOOR + LABEL / 2 <= y <= FLOOR + ROOM - LABEL / 2 for y, _name in mine)


def test_labels_are_moved_apart_within_the_room() -> None:
    assert spread([200.0, 150.0]).tolist() == [200.0, 150.0]
    assert spread([200.0, 195.0, 190.0]).tolist() == [200.0, 170.0, 140.0]
    low = FLOOR + LABEL / 2
    assert spread([low + 4, low + 2, low]).tolist() == [low + 2 * LABEL, low + LABEL, low]
    high = FLOOR + ROOM - LABEL / 2
    assert spread([high + 50, high + 40]).tolist() == [high, high - LABEL]


def test_the_selection_is_a_share_of_all_runs(view: Any, state: Exploration) -> None:
    assert view.flow.rail.data["right"] == [ACROSS[-1], pytest.approx(ACROSS[-1])]
    everything = found(state).total_j
    state.brush_set("hardware", ("GPU node",))
    share = found(state).total_j / everything
    assert view.flow.rail.data["right"][1] == pytest.approx(ACROSS[-1] * share)
    assert view.flow.rail.data["text"][0] == (
        f"{100 * share:.1f} % of the energy of all runs ({energy_text(everything)})"
    )
    assert column_of(view, "Nodes", "height")[0] == 0
    assert view.flow.labels.data["name"][:2] == ["", "GPU"]


def test_an_empty_selection_has_no_width_and_no_label(view: Any, state: Exploration) -> None:
    rows = {name: len(source.data["name"]) for name, source in sources(view).items()}
    state.brush_range("depth", 2.1, 2.9)
    assert view.answer == "No run matches all brushes. Clear one."
    assert not np.any(view.flow.bars.data["height"])
    assert set(view.flow.labels.data["text"]) == {""}
    assert np.isfinite(view.flow.bands.data["ys"]).all()
    assert view.flow.rail.data["right"] == [ACROSS[-1], 0]
    assert {name: len(source.data["name"]) for name, source in sources(view).items()} == rows


def sources(view: Any) -> dict[str, Any]:
    flow = view.flow
    return {"bands": flow.bands, "bars": flow.bars, "labels": flow.labels, "heads": flow.heads}


@pytest.fixture
def one_run(tmp_path: Path) -> Iterator[Exploration]:
    """A data set of a single run."""
    pq.write_table(pq.read_table(standin_path()).slice(0, 1), tmp_path / "one.parquet")
    with Gateway() as gateway:
        load_butter_e(gateway, tmp_path / "one.parquet")
        yield Exploration(gateway)


def test_a_single_run_is_drawn(one_run: Exploration) -> None:
    view: Any = CarbonCost(one_run)
    assert view.answer.startswith("This run amounts to ")
    assert view.answer.endswith(" (1 of 1 runs).")
    assert min(view.flow.labels.data["name"][:2]) == ""
    assert sum(column_of(view, "Cost", "height")) == pytest.approx(FLOW)


def test_the_controls_change_what_is_drawn_and_said(view: Any) -> None:
    send(view.bar, {"name": "pue", "text": "2"})
    assert ", PUE 2);" in view.answer
    assert view.flow.heads.data["how"][2] == "× PUE 2"
    assert column_of(view, "Use", "height")[3] == pytest.approx(FLOW / 2)
    send(view.bar, {"name": "g_per_kwh", "text": "100"})
    assert view.flow.heads.data["how"][3] == "× 100 g/kWh"
    send(view.bar, {"name": "unit", "text": "lb"})
    assert view.flow.heads.data["text"][3].endswith(" lb")
    assert view.bar.pounds
    assert view.table().header[4] == "Carbon (lb CO₂e)"
    assert [field["text"] for field in view.bar.fields] == ["100", "2", ""]
    assert [field["hint"] for field in view.bar.fields] == ["495", "1.04", "0.116"]


def test_a_bad_number_is_refused_beside_its_field_and_nothing_moves(view: Any) -> None:
    said = view.answer
    send(view.bar, {"name": "pue", "text": "0"})
    assert view.bar.refusal == "The PUE is 0, but must lie from 1 to 10."
    assert view.answer == said
    messages: tuple[Any, ...] = ({"name": "colour", "text": "1"}, {}, [], "pue")
    for message in (*messages, {"name": "region", "text": "XX"}):
        send(view.bar, message)
    assert view.answer == said
    assert view.bar.refusal.startswith("There is no carbon intensity for the region 'XX'")


def test_regions_are_those_of_the_study_and_shared_with_it(view: Any) -> None:
    assert view.bar.regions[0] == ["", [["", "As measured: Colorado"]]]
    study = Study(OneProfile(small_profile()), REFERENCES)
    view.circumstances.follow(study)
    study.set_pue(1.5)
    assert ", PUE 1.5);" in view.answer
    assert view.bar.regions[1:] == [
        ["States of the US", [["US-GA", "Georgia (325 g)"], ["US-WY", "Wyoming (832 g)"]]],
        ["Countries", [["FR", "France (41.4 g)"]]],
    ]
    send(view.bar, {"name": "region", "text": "FR"})
    assert study.choice is not None
    assert study.choice.edits.region_id == view.bar.region == "FR"
    assert "CO₂e (France, PUE 1.5, price not known); " in view.answer
    assert view.flow.heads.data["text"][4] == "not known"
    assert view.flow.heads.data["how"][4] == ""
    assert column_of(view, "Cost", "how") == ["No price is known here. Enter one."] * 4


def tap(view: Any, x: float, y: float) -> None:
    view.chart._trigger_event(Tap(view.chart, x=x, y=y, sx=0, sy=0))


def test_a_click_on_a_band_looks_at_the_runs_of_its_hardware(view: Any, state: Exploration) -> None:
    layout: FlowLayout = view.flow.layout
    for column, flow in BANDS:
        hardware = FLOWS[flow][1]
        upper, lower = layout.edges(column, flow)
        state.look_at(None)
        if layout.heights[flow] < 1:
            continue
        # Near the left end, where bands of the column do not cross yet.
        tap(view, float(ACROSS[column]) + 0.002, float(upper[0] + lower[0]) / 2)
        if hardware < 0:
            assert state.mark is None
        else:
            assert state.mark is not None
            node = ("CPU node", "GPU node")[hardware]
            assert state.mark.sets == {"hardware": (node,)}
            assert state.mark_title == f"Runs on {node}s"


@pytest.mark.parametrize(("x", "y"), [(-0.01, 200), (0.1, 0), (0.95, 200), (0.5, 400)])
def test_a_click_beside_the_bands_looks_at_nothing(view: Any, state: Exploration, x: float, y: float) -> None:
    tap(view, x, y)
    assert state.mark is None


def test_the_table_is_what_is_drawn(view: Any, state: Exploration) -> None:
    table = view.table()
    assert table.header[:4] == ("Part", "Hardware", "Energy (kWh)", "Share of the meter (%)")
    assert table.rows[-1][2] == pytest.approx(found(state).total_j * 1.04 / 3.6e6)


def test_a_brush_sends_what_changed_and_little_of_it(view: Any, state: Exploration) -> None:
    document = Document()
    document.add_root(view.chart)
    events: list[Any] = []
    document.on_change(events.append)
    state.brush_range("depth", 2, 4)
    sent = [event for event in events if isinstance(event, ColumnDataChangedEvent)]
    by_source = {name: [e for e in sent if e.model is source] for name, source in sources(view).items()}
    columns = {name: set(events[0].cols or []) for name, events in by_source.items()}
    assert columns == {
        "bands": {"ys", "text", "how"},
        "bars": {"y", "height", "text", "how"},
        "labels": {"y", "name", "text"},
        "heads": {"text", "how", "short"},
    }
    assert len(sent) == 5
