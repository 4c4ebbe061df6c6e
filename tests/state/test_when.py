"""When to run, without a browser: a study, a series, and what follows."""

import csv
import datetime as dt
import io
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from energyvis_panel.domain.carbon import CarbonIntensity
from energyvis_panel.domain.edits import References
from energyvis_panel.domain.hourly import HourlyIntensity, example_intensity
from energyvis_panel.domain.profile import EnergyByKind, EnergyProfile, Epoch
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.errors import DatasetError, ProfileError
from energyvis_panel.state.study import Study
from energyvis_panel.state.when import When
from energyvis_panel.state.when_answer import WhenAnswer
from tests.profiles_fixture import REFERENCES, small_profile

MIDNIGHT = dt.datetime(2024, 3, 14, tzinfo=dt.UTC)
CLEAN_AT_NIGHT = [100.0, 100.0, 200.0, 400.0, 400.0, 400.0, 300.0, 100.0] * 30
"""Eight hours that repeat for ten days."""


class TwoProfiles:
    """A profile with hours, and one without times."""

    def preloaded(self) -> Sequence[EnergyProfile]:
        hours = small_profile("hours", epochs=2, pue=1.0)
        timed = tuple(Epoch(i, 3600.0, EnergyByKind(gpu=3.6e6)) for i in range(2))
        timeless = tuple(Epoch(i, None, EnergyByKind(gpu=3.6e6)) for i in range(2))
        return (replace(hours, epochs=timed), replace(hours, id="timeless", name="Timeless", epochs=timeless))

    def runs(self) -> Sequence[RunSummary]:
        return ()

    def from_run(self, run_id: str) -> EnergyProfile:
        raise ProfileError(f"There is no run {run_id!r}.")


class CannedReader:
    """Answers with a series whose hours follow the zone; ``b"bad"`` is refused."""

    def __init__(self) -> None:
        self.read_with: list[tuple[str, str]] = []

    def read(self, content: bytes, filename: str, zone: str, scope: str) -> HourlyIntensity:
        if content == b"bad":
            raise DatasetError(f"{filename}: not a series.")
        self.read_with.append((zone, scope))
        return HourlyIntensity(MIDNIGHT, 3600, np.array(CLEAN_AT_NIGHT), filename)

    def example(self, annual: CarbonIntensity, year: int) -> HourlyIntensity:
        return example_intensity([[1.0 + hour for hour in range(24)]] * 12, annual, year)


@pytest.fixture
def study() -> Study:
    return Study(TwoProfiles(), REFERENCES)


@pytest.fixture
def reader() -> CannedReader:
    return CannedReader()


@pytest.fixture
def when(study: Study, reader: CannedReader) -> When:
    return When(study, reader)


def answer(when: When) -> WhenAnswer:
    assert when.answer is not None, when.problem or when.notice
    return when.answer


def test_without_a_file_nothing_is_said_or_computed(when: When) -> None:
    assert when.answer is None
    assert (when.problem, when.notice) == ("", "")


def test_a_file_offers_a_week_of_starts_from_its_beginning(when: When) -> None:
    when.import_file(b"x", "grid.csv")
    found = answer(when)
    assert (found.starts.first_step, found.starts.last_step) == (0, 168)
    assert (found.start_step, found.most_step) == (0, 238)
    assert found.chosen_g == pytest.approx(200)  # two hours of 1 kW at 100 g/kWh
    assert found.starts.worst_g == pytest.approx(800)
    assert found.annual_g == pytest.approx(2 * 325)


def test_a_bad_file_gets_its_sentence_and_changes_nothing(when: When) -> None:
    when.import_file(b"x", "grid.csv")
    before = when.hourly
    when.import_file(b"bad", "bad.csv")
    assert when.notice == "bad.csv: not a series."
    assert when.hourly is before
    assert when.answer is not None
    when.import_file(b"x", "grid.csv")
    assert when.notice == ""


def test_the_best_start_of_the_window_is_taken_over(when: When) -> None:
    when.import_file(b"x", "grid.csv")
    when.set_window(9, 2)
    assert (answer(when).starts.first_step, answer(when).starts.last_step) == (2, 9)
    assert answer(when).start_step == 2
    when.use_best()
    assert answer(when).start_step == 7
    assert answer(when).chosen_g == pytest.approx(200)


def test_starts_and_windows_out_of_bounds_come_to_the_nearest(when: When) -> None:
    when.import_file(b"x", "grid.csv")
    when.set_start(10_000)
    assert answer(when).start_step == 168
    when.set_window(-5, 10_000)
    assert (answer(when).starts.first_step, answer(when).starts.last_step) == (0, 238)
    when.set_window(5000, 6000)
    assert answer(when).starts.last_step == 238


def test_pauses_save_more_and_waiting_costs_at_the_site(when: When, study: Study) -> None:
    hourly = HourlyIntensity(MIDNIGHT, 3600, np.array([100.0, 900, 900, 100, 900, 900]), "grid")
    when.take_file(hourly, b"x", "grid.csv")
    assert answer(when).starts.best_g == pytest.approx(1000)
    when.may_pause, when.most_pauses = True, 1
    free = answer(when).paused
    assert free is not None
    assert free.carbon_g == pytest.approx(200)
    assert (free.pauses, free.idle_j) == (1, 0)
    when.idle_w = 10.0
    study.edit(pue=2.0)
    costly = answer(when).paused
    assert costly is not None
    assert costly.idle_j == pytest.approx(7200 * 10 * 2)
    assert costly.carbon_g == pytest.approx(2 * (200 + 2 * 0.01 * 900))
    when.may_pause = False
    assert answer(when).paused is None


def test_moving_the_start_asks_for_no_new_placement(when: When) -> None:
    when.import_file(b"x", "grid.csv")
    when.may_pause = True
    before = answer(when)
    when.set_start(3)
    assert answer(when).paused is before.paused
    assert answer(when).starts is before.starts
    assert answer(when).start_step == 3


def test_it_follows_the_first_alternative(when: When, study: Study) -> None:
    when.import_file(b"x", "grid.csv")
    study.edit(pue=1.5)
    assert answer(when).series.letter == "A"
    assert answer(when).chosen_g == pytest.approx(300)
    study.reset()
    assert answer(when).series.letter == ""
    assert answer(when).chosen_g == pytest.approx(200)


def test_a_run_without_times_says_so_and_hours_entered_mend_it(when: When, study: Study) -> None:
    when.import_file(b"x", "grid.csv")
    study.select("timeless")
    assert when.answer is None
    assert "Enter the hours" in when.problem
    study.edit(epoch_s=1800.0)
    assert answer(when).run.duration_s == 3600
    assert when.problem == ""


def test_a_run_that_is_too_long_says_so_and_keeps_the_file(when: When, study: Study) -> None:
    when.import_file(b"x", "grid.csv")
    study.edit(epoch_s=1e7)
    assert when.answer is None
    assert "longer series" in when.problem
    study.undo()
    assert when.answer is not None


def test_the_example_follows_the_region_and_keeps_the_window(when: When, study: Study) -> None:
    when.show_example()
    assert answer(when).hourly.mean_g_per_kwh == pytest.approx(325)
    when.set_window(100, 200)
    study.choose_region("US-WY")
    assert answer(when).hourly.mean_g_per_kwh == pytest.approx(831.6)
    assert "Wyoming" in answer(when).hourly.name
    assert answer(when).starts.first_step == 100
    study.edit(pue=1.3)
    assert "Wyoming" in answer(when).hourly.name


def test_an_imported_series_does_not_follow_the_region(when: When, study: Study) -> None:
    when.import_file(b"x", "grid.csv")
    study.choose_region("US-WY")
    assert answer(when).hourly.name == "grid.csv"


def test_without_a_region_there_is_no_example(reader: CannedReader) -> None:
    when = When(Study(TwoProfiles(), References({}, {}, REFERENCES.chip)), reader)
    when.show_example()
    assert when.hourly is None
    assert "Choose a region" in when.notice


def test_a_file_is_read_again_in_another_zone(when: When, reader: CannedReader) -> None:
    when.zone = "Europe/Berlin"
    assert reader.read_with == []
    when.import_file(b"x", "grid.csv")
    when.scope = "direct"
    assert reader.read_with == [("Europe/Berlin", "lifecycle"), ("Europe/Berlin", "direct")]


def test_a_file_too_large_to_keep_is_asked_for_again(
    when: When, reader: CannedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energyvis_panel.state.when.MOST_KEPT_BYTES", 3)
    when.import_file(b"long", "grid.csv")
    when.zone = "Asia/Tokyo"
    assert len(reader.read_with) == 1
    assert "Import it again" in when.notice


def test_forgetting_leaves_nothing(when: When) -> None:
    when.import_file(b"x", "grid.csv")
    when.forget()
    assert (when.hourly, when.answer, when.problem) == (None, None, "")
    when.set_window(0, 5)
    when.use_best()
    assert when.answer is None


def test_the_table_holds_each_step_of_the_window(when: When) -> None:
    assert list(csv.reader(io.StringIO(when.csv()[1].decode()))) == [
        ["start_utc", "g_per_kwh", "kg_co2e_if_started_here", "origin"]
    ]
    when.import_file(b"x", "=grid.csv")
    when.set_window(2, 3)
    rows = list(csv.DictReader(io.StringIO(when.csv()[1].decode())))
    assert [row["start_utc"] for row in rows] == ["2024-03-14T02:00Z", "2024-03-14T03:00Z"]
    assert [float(row["kg_co2e_if_started_here"]) for row in rows] == pytest.approx([0.6, 0.8])
    assert {row["origin"] for row in rows} == {"imported"}


def test_unknown_hours_are_empty_in_the_table(when: When) -> None:
    hourly = HourlyIntensity(MIDNIGHT, 3600, np.array([1.0, 2.0, math.nan, 4.0, 5.0, 6.0]), "gaps")
    when.take_file(hourly, b"x", "gaps")
    rows = list(csv.DictReader(io.StringIO(when.csv()[1].decode())))
    assert [row["g_per_kwh"] for row in rows] == ["1", "2", "", "4", "5"]
    assert [bool(row["kg_co2e_if_started_here"]) for row in rows] == [True, False, False, True, True]
