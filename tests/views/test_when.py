"""What the question when to run says and draws, without a browser."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.hourly import HourlyIntensity, example_intensity
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.errors import DatasetError, ProfileError
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.study.when.when import WhenToRun
from energyvis_panel.views.study.when.when_rows import binned, ramp_colour
from energyvis_panel.views.study.when.when_words import (
    NO_SERIES,
    answer_text,
    assumption_lines,
    assumptions_html,
    figures,
    figures_html,
)
from tests.profiles_fixture import REFERENCES, small_profile
from tests.views.conftest import send

MIDNIGHT = dt.datetime(2024, 3, 14, tzinfo=dt.UTC)


class TwoHours:
    """A run of two epochs, an hour and 1 kWh each."""

    def preloaded(self) -> Sequence[EnergyProfile]:
        epochs = tuple(Epoch(i, 3600.0, EnergyByKind(gpu=3.6e6)) for i in range(2))
        return (replace(small_profile("two", pue=1.0), epochs=epochs, name="<i>Two</i>"),)

    def runs(self) -> Sequence[RunSummary]:
        return ()

    def from_run(self, run_id: str) -> EnergyProfile:
        raise ProfileError(f"There is no run {run_id!r}.")


class NumbersReader:
    """Reads a file of numbers, one an hour."""

    def read(self, content: bytes, filename: str, zone: str, scope: str) -> HourlyIntensity:
        del zone
        if not content[0:1].isdigit():
            raise DatasetError(f"{filename} holds no numbers.")
        values = np.array([float(value) for value in content.split()])
        return HourlyIntensity(MIDNIGHT, 3600, values, filename, scope, ("As <b>told</b>.",))

    def example(self, annual: CarbonIntensity, year: int) -> HourlyIntensity:
        return example_intensity([[1.0 + hour for hour in range(24)]] * 12, annual, year)


@pytest.fixture
def view() -> WhenToRun:
    return WhenToRun(Study(TwoHours(), REFERENCES), NumbersReader())


def said(view: WhenToRun, *, pounds: bool = False) -> str:
    return answer_text(view.when.answer, view.when.problem, pounds=pounds)


def load(view: WhenToRun, numbers: str) -> None:
    view.when.import_file(numbers.encode(), "grid.csv")
    assert view.when.notice == ""


def test_the_empty_state_offers_file_and_example(view: WhenToRun) -> None:
    assert said(view) == NO_SERIES
    assert view.chart.grid == {}
    assert view.chart.lanes == {}
    assert figures(None, pounds=False) == []
    assert (figures_html([]), assumptions_html([])) == ("", "")


def test_the_answer_names_both_times_and_what_is_saved(view: WhenToRun) -> None:
    load(view, "500 500 400 100 100 300")
    assert said(view) == "Starting at 03:00 on 14 March instead of 00:00 (UTC) saves 800 g CO₂e (80 %)."
    assert "1.76 lb" in said(view, pounds=True)
    view.when.use_best()
    assert "is the best of 5 starts: 400 g CO₂e (67 %) less than the mean of them." in said(view)


def test_another_day_is_named(view: WhenToRun) -> None:
    load(view, " ".join(["500"] * 30 + ["100", "100", "500"]))
    assert "Starting at 06:00 on 15 March instead of 00:00 on 14 March (UTC)" in said(view)


def test_a_flat_grid_says_that_all_starts_are_equal(view: WhenToRun) -> None:
    load(view, "300 300 300 300")
    assert said(view) == "All 3 starts in this window emit the same: 600 g CO₂e."
    view.when.may_pause = True
    assert said(view).endswith(" Pausing saves nothing more.")


def test_a_start_without_values_is_told(view: WhenToRun) -> None:
    load(view, "300 nan 200 200 100")
    assert said(view).startswith(
        "The chosen start meets hours without a value. The best of 4 starts is 03:00"
    )
    assert view.chart.lanes["lanes"][0]["text"] == "as chosen: not known"
    assert figures(view.when.answer, pounds=False)[0].value == "not known"


def test_pauses_are_counted_and_drawn_in_parts(view: WhenToRun) -> None:
    load(view, "100 900 900 100 900 900")
    view.when.may_pause = True
    assert "With 1 pause it saves a further 800 g CO₂e (80 %)." in said(view)
    chosen, best, paused = view.chart.lanes["lanes"]
    assert [lane["kind"] for lane in (chosen, best, paused)] == ["chosen", "best", "paused"]
    assert len(paused["parts"]) == 2
    hour_ms = 3_600_000
    begin_ms = MIDNIGHT.timestamp() * 1000
    assert paused["parts"] == [
        [begin_ms, begin_ms + hour_ms],
        [begin_ms + 3 * hour_ms, begin_ms + 4 * hour_ms],
    ]


def test_the_figures_carry_unit_time_and_origin(view: WhenToRun) -> None:
    load(view, "500 500 400 100 100 300")
    by_name = {figure.name: figure for figure in figures(view.when.answer, pounds=False)}
    assert by_name["As chosen"].value == "1.00 kg CO₂e"
    assert "2.00 kWh in 2 h 00 min" in by_name["As chosen"].note
    assert by_name["Best start"].note == "03:00 on 14 March · \N{MINUS SIGN}80 %"
    assert by_name["Mean start"].note.startswith("of 5")
    assert "EPA eGRID 2023, direct" in by_name["By annual value"].note


def test_scopes_that_do_not_compare_are_told_apart(view: WhenToRun) -> None:
    load(view, "500 500 400")
    assert any("do not compare" in line for line in assumption_lines(view.when.answer))
    view.when.scope = "direct"
    assert not any("do not compare" in line for line in assumption_lines(view.when.answer))


def test_names_and_assumptions_are_escaped(view: WhenToRun) -> None:
    load(view, "500 500 400")
    html = assumptions_html(assumption_lines(view.when.answer))
    assert "&lt;b&gt;told" in html
    assert "<b>" not in html


def test_the_alternative_is_drawn_as_one(view: WhenToRun) -> None:
    load(view, "500 500 400 100 100 300")
    assert not view.chart.lanes["alternative"]
    view.study.edit(pue=2.0)
    assert view.chart.lanes["alternative"]
    assert view.chart.lanes["lanes"][0]["text"] == "as chosen: 2.00 kg"


def test_a_moved_start_sends_the_intensities_no_second_time(view: WhenToRun) -> None:
    load(view, "500 500 400 100 100 300")
    grid = view.chart.grid
    sent: list[Any] = []
    view.chart.param.watch(sent.append, "grid")
    send(view.chart, {"action": "start", "start": 2})
    assert view.chart.lanes["start"] == 2
    assert sent == []
    assert view.chart.grid is grid
    send(view.chart, {"action": "window", "first": 1, "last": 3})
    assert (view.chart.grid["first"], view.chart.grid["last"]) == (1, 3)


@pytest.mark.parametrize(
    "request_", [{"action": "start"}, {"action": "start", "start": None}, {"action": "window", "first": "x"},
                 {"action": "start", "start": float("inf")}]
)  # fmt: skip
def test_a_request_of_another_shape_changes_nothing(view: WhenToRun, request_: dict[str, Any]) -> None:
    load(view, "500 500 400 100 100 300")
    before = view.when.answer
    send(view.chart, request_)
    assert view.when.answer is before
    assert "no number" in view.when.notice


def test_what_is_sent_to_the_browser_is_json(view: WhenToRun) -> None:
    load(view, "500 nan 400 100 100 300")
    json.dumps([view.chart.grid, view.chart.lanes], allow_nan=False)
    assert view.chart.grid["bins"][1] is None
    assert view.chart.grid["colours"][1] == ""


def setting(name: str, value: str) -> dict[str, str]:
    """What the browser sends when a field of the controls is changed."""
    return {"kind": "act", "action": "set", "name": name, "value": value}


def test_a_setting_out_of_range_is_refused_and_shown_as_it_was(view: WhenToRun) -> None:
    for name, value in [("most_pauses", "0"), ("most_pauses", "x"), ("idle_w", "-1"), ("scope", "both")]:
        view.when.notice = ""
        send(view.controls.actions, setting(name, value))
        assert "was not taken" in view.when.notice
    assert view.controls.actions.values["most_pauses"] == 2
    send(view.controls.actions, setting("idle_w", "25.5"))
    assert view.when.idle_w == 25.5
    send(view.controls.actions, setting("study", "x"))
    assert isinstance(view.when.study, Study)


class Message:
    """A message of the browser."""

    def __init__(self, **data: object) -> None:
        self.data = data


def test_a_file_comes_in_parts_and_never_grows_beyond_what_was_announced(
    view: WhenToRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, object]] = []
    monkeypatch.setattr(view.controls, "_say", lambda _bar, message: told.append(message))
    heard = view.controls._heard
    heard(Message(kind="begin", name="grid.csv", size=11))
    heard(Message(kind="part", data=b"100 20"))
    assert told == [{"kind": "next", "from": 0}, {"kind": "next", "from": 6}]
    heard(Message(kind="part", data=b"0 300"))
    assert view.when.hourly is not None
    assert view.when.hourly.g_per_kwh.tolist() == [100, 200, 300]
    heard(Message(kind="begin", name="grid.csv", size=3))
    heard(Message(kind="part", data=b"too much"))
    assert "could not be read to its end" in view.when.notice
    for size in (0, 50_000_001, "1", None):
        view.when.notice = ""
        heard(Message(kind="begin", name="grid.csv", size=size))
        assert "larger than 50 MB" in view.when.notice
    heard(Message(kind="part", data=b"1"))
    assert told[-1] == {"kind": "done"}
    heard(Message(kind="csv"))
    assert told[-1]["name"] == "when-to-run.csv"


def test_bins_are_means_of_what_is_known() -> None:
    assert binned(np.array([1.0, 3.0, np.nan, np.nan, 5.0]), 3) == ([2.0, None, 5.0], 2)
    assert binned(np.arange(4.0), 10) == ([0.0, 1.0, 2.0, 3.0], 1)


def test_the_ramp_is_that_of_the_maps() -> None:
    assert ramp_colour(0.0) == theme.INTENSITY_RAMP[0]
    assert ramp_colour(5000.0) == theme.INTENSITY_RAMP[-1]
    assert ramp_colour(None) == ""


def test_the_card_can_be_laid_out(view: WhenToRun) -> None:
    load(view, "500 500 400 100 100 300")
    assert len(view.__panel__().objects) == 8
