"""Laws of running at another time, and the placements found against every placement there is."""

import datetime as dt
import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from energyvis_panel.domain.hourly import HourlyError, HourlyIntensity, example_intensity
from energyvis_panel.domain.pauses import PausedRun, best_pauses
from energyvis_panel.domain.profile import EnergyByKind, Epoch, Outside
from energyvis_panel.domain.run_shape import NO_TIMES, RunShape, ScheduleError, run_shape
from energyvis_panel.domain.scenario import Scenario, project
from energyvis_panel.domain.schedule import best_start, emissions_g, last_start, sliding_sum
from tests.profiles_fixture import GEORGIA, small_profile

START = dt.datetime(2024, 3, 30, tzinfo=dt.UTC)
STEPS_S = st.sampled_from([300, 900, 1800, 3600])


def series(values: list[float], step_s: int = 3600, start: dt.datetime = START) -> HourlyIntensity:
    return HourlyIntensity(start, step_s, np.array(values), "series")


def blocks(durations_s: list[float], power_w: list[float]) -> RunShape:
    edges = np.concatenate([[0.0], np.cumsum(durations_s)])
    return RunShape(edges, np.array(power_w), np.arange(1, len(durations_s) + 1))


@st.composite
def situations(
    draw: st.DrawFn, most_blocks: int = 4, most_steps: int = 12
) -> tuple[RunShape, HourlyIntensity]:
    """A run that fits into a short series."""
    step_s = draw(STEPS_S)
    values = draw(st.lists(st.floats(0, 1000), min_size=3, max_size=most_steps))
    hourly = series(values, step_s)
    room_s = len(values) * step_s
    count = draw(st.integers(1, most_blocks))
    shares = draw(st.lists(st.floats(0.05, 1), min_size=count, max_size=count))
    part = draw(st.floats(0.1, 0.9))
    power = draw(st.lists(st.floats(1, 1e4), min_size=count, max_size=count))
    return blocks([share / sum(shares) * room_s * part for share in shares], power), hourly


def integral_g(run: RunShape, hourly: HourlyIntensity, start_s: float, block: int | None = None) -> float:
    """Grams by cutting every segment at every step, as one would by hand."""
    total = 0.0
    segments = range(run.power_w.size) if block is None else [block]
    for segment in segments:
        begin, end = start_s + run.edges_s[segment], start_s + run.edges_s[segment + 1]
        for step, value in enumerate(hourly.g_per_kwh):
            overlap = min(end, (step + 1) * hourly.step_s) - max(begin, step * hourly.step_s)
            total += max(overlap, 0.0) * run.power_w[segment] * value / 3.6e6
    return total


def whole_window(run: RunShape, hourly: HourlyIntensity) -> tuple[dt.datetime, dt.datetime]:
    return hourly.start_utc, hourly.time(last_start(run, hourly))


@given(situations())
def test_each_start_is_the_integral_by_hand(situation: tuple[RunShape, HourlyIntensity]) -> None:
    run, hourly = situation
    starts = best_start(run, hourly, *whole_window(run, hourly))
    by_hand = [integral_g(run, hourly, step * hourly.step_s) for step in range(starts.carbon_g.size)]
    assert starts.carbon_g == pytest.approx(by_hand, rel=1e-9, abs=1e-9)
    one_by_one = [emissions_g(run, hourly, hourly.time(step)) for step in range(starts.carbon_g.size)]
    assert one_by_one == pytest.approx(by_hand, rel=1e-9, abs=1e-9)


@given(situations())
def test_the_best_start_is_not_worse_than_any(situation: tuple[RunShape, HourlyIntensity]) -> None:
    run, hourly = situation
    starts = best_start(run, hourly, *whole_window(run, hourly))
    assert starts.best_g <= min(starts.carbon_g) * (1 + 1e-9)
    assert starts.best_g <= starts.mean_g * (1 + 1e-9) <= starts.worst_g * (1 + 1e-9) ** 2
    assert starts.at_step(starts.best_step) == pytest.approx(starts.best_g)


@given(situations(), st.floats(1, 1000))
def test_under_a_flat_intensity_every_start_is_equal(
    situation: tuple[RunShape, HourlyIntensity], g_per_kwh: float
) -> None:
    run, hourly = situation
    flat = series([g_per_kwh] * hourly.steps, hourly.step_s)
    starts = best_start(run, flat, *whole_window(run, flat))
    assert starts.carbon_g == pytest.approx([run.energy_j / 3.6e6 * g_per_kwh] * starts.carbon_g.size)
    assert starts.best_step == 0


@given(situations(), st.integers(-10_000, 10_000))
def test_shifting_grid_and_window_together_changes_nothing(
    situation: tuple[RunShape, HourlyIntensity], shift_h: int
) -> None:
    run, hourly = situation
    later = replace(hourly, start_utc=hourly.start_utc + dt.timedelta(hours=shift_h))
    here = best_start(run, hourly, *whole_window(run, hourly))
    there = best_start(run, later, *whole_window(run, later))
    assert there.carbon_g.tolist() == here.carbon_g.tolist()
    assert there.best_utc - here.best_utc == dt.timedelta(hours=shift_h)


@given(situations(), st.integers(0, 3), st.floats(0, 500))
def test_a_pause_never_makes_it_worse_and_more_of_them_neither(
    situation: tuple[RunShape, HourlyIntensity], most_pauses: int, idle_w: float
) -> None:
    run, hourly = situation
    window = whole_window(run, hourly)
    straight = best_start(run, hourly, *window).best_g
    found = [
        best_pauses(run, hourly, *window, most_pauses=n, idle_w=idle_w).carbon_g
        for n in range(most_pauses + 1)
    ]
    assert found[0] == pytest.approx(straight, rel=1e-9, abs=1e-9)
    for fewer, more in itertools.pairwise(found):
        assert more <= fewer * (1 + 1e-8) + 1e-9


def cheapest_by_trying_all(run: RunShape, hourly: HourlyIntensity, most_pauses: int, idle_w: float) -> float:
    """Least grams over every non-decreasing row of delays."""
    shifts = last_start(run, hourly) + 1
    best = math.inf
    for delays in itertools.combinations_with_replacement(range(shifts), run.blocks):
        if sum(a != b for a, b in itertools.pairwise(delays)) > most_pauses:
            continue
        total = 0.0
        for block, delay in enumerate(delays):
            total += integral_g(run, hourly, delay * hourly.step_s, block)
            waited = delay - delays[block - 1] if block else 0
            if waited:
                begin = delays[block - 1] * hourly.step_s + run.edges_s[block]
                idle = blocks([waited * hourly.step_s], [idle_w])
                total += integral_g(idle, hourly, begin)
        best = min(best, total)
    return best


@given(situations(most_steps=8), st.integers(0, 3), st.floats(0, 2000))
@settings(max_examples=60, deadline=None)
def test_the_placement_found_is_the_best_of_all(
    situation: tuple[RunShape, HourlyIntensity], most_pauses: int, idle_w: float
) -> None:
    run, hourly = situation
    placed = best_pauses(run, hourly, *whole_window(run, hourly), most_pauses=most_pauses, idle_w=idle_w)
    cheapest = cheapest_by_trying_all(run, hourly, most_pauses, idle_w)
    assert placed.carbon_g == pytest.approx(cheapest, rel=1e-7, abs=1e-7)
    assert placed.pauses <= most_pauses
    assert carbon_of(placed, hourly, idle_w) == pytest.approx(placed.carbon_g, rel=1e-7, abs=1e-7)


def carbon_of(placed: PausedRun, hourly: HourlyIntensity, idle_w: float) -> float:
    """Grams of the stretches that a placement names, and of its pauses."""
    run, total = placed.run, placed.idle_g
    for stretch in placed.stretches:
        start_s = (stretch.start_utc - hourly.start_utc).total_seconds()
        delay_s = start_s - run.edges_s[run.block_starts[stretch.first_block]]
        total += sum(
            integral_g(run, hourly, delay_s, block)
            for block in range(stretch.first_block, stretch.last_block + 1)
        )
    assert placed.idle_j == pytest.approx(placed.paused_s * idle_w)
    return total


def test_pauses_step_over_a_dirty_hour_and_end_before_the_deadline() -> None:
    run, hourly = blocks([3600, 3600], [1000, 1000]), series([100, 900, 100, 100])
    placed = best_pauses(run, hourly, START, START + dt.timedelta(hours=1), most_pauses=1)
    assert [stretch.start_utc.hour for stretch in placed.stretches] == [0, 2]
    assert placed.stretches[-1].end_utc == START + dt.timedelta(hours=3)
    assert placed.carbon_g == pytest.approx(200)
    with_idle = best_pauses(run, hourly, START, START + dt.timedelta(hours=1), most_pauses=1, idle_w=500)
    assert with_idle.idle_j == 500 * 3600
    assert with_idle.carbon_g == pytest.approx(200 + 450)


def test_a_pause_that_saves_nothing_is_not_made() -> None:
    run, hourly = blocks([3600, 3600], [1000, 1000]), series([100] * 6)
    placed = best_pauses(run, hourly, START, START + dt.timedelta(hours=4), most_pauses=3)
    assert placed.pauses == 0
    assert placed.stretches[0].start_utc == START


def test_hours_without_a_value_are_never_proposed() -> None:
    run, hourly = blocks([7200], [1000]), series([math.nan, 500, 500, math.nan, 100, math.nan])
    starts = best_start(run, hourly, START, START + dt.timedelta(hours=9))
    assert np.isnan(starts.carbon_g).tolist() == [True, False, True, True, True]
    assert starts.best_step == 1
    assert starts.earliest_g is None
    assert math.isnan(emissions_g(run, hourly, START))
    assert emissions_g(run, hourly, hourly.time(1)) == pytest.approx(1000)
    with pytest.raises(ScheduleError, match="without a value"):
        best_start(run, hourly, hourly.time(3), hourly.time(4))
    with pytest.raises(ScheduleError, match="without a value"):
        best_pauses(blocks([7200], [1]), hourly, hourly.time(3), hourly.time(4), most_pauses=0)


def test_a_run_longer_than_the_series_and_a_window_without_start_are_named() -> None:
    with pytest.raises(ScheduleError, match="takes 3 h 00 min, but series holds only 2 h 00 min"):
        best_start(blocks([10_800], [1]), series([1, 1]), START, START)
    with pytest.raises(ScheduleError, match="no start in this window"):
        best_start(
            blocks([3600], [1]), series([1, 1]), START + dt.timedelta(days=1), START + dt.timedelta(days=2)
        )
    with pytest.raises(ScheduleError, match="would not lie within"):
        emissions_g(blocks([3600], [1]), series([1, 1]), START + dt.timedelta(hours=1.5))


def test_too_much_to_try_is_refused_and_many_epochs_are_joined() -> None:
    many = blocks([3.6] * 2000, [100.0] * 2000)
    hourly = series([100.0 + 50 * math.sin(hour / 4) for hour in range(24 * 365)])
    week = best_pauses(many, hourly, START, START + dt.timedelta(days=7), most_pauses=2)
    assert week.run.blocks <= 500
    assert week.run.epochs_per_block == 4
    assert week.run.energy_j == pytest.approx(many.energy_j)
    with pytest.raises(ScheduleError, match="Narrow the window"):
        best_pauses(many, series([1.0] * 1_000_000), START, START + dt.timedelta(days=99_999), most_pauses=5)
    with pytest.raises(ScheduleError, match="from 0 to 50"):
        best_pauses(many, hourly, START, START, most_pauses=51)
    with pytest.raises(ScheduleError, match="0 W or more"):
        best_pauses(many, hourly, START, START, most_pauses=1, idle_w=math.nan)


def test_the_transform_sums_as_the_direct_way_does(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(7)
    values, weights = random.uniform(0, 900, 3000), random.uniform(0, 1e6, 300)
    direct = sliding_sum(values, weights)
    monkeypatch.setattr("energyvis_panel.domain.schedule.MOST_DIRECT", 0)
    assert sliding_sum(values, weights) == pytest.approx(direct, rel=1e-11)


# -- the run --------------------------------------------------------------------------------------------


def test_the_shape_keeps_energy_and_time_of_the_projection() -> None:
    projection = project(small_profile(outside=True), Scenario(intensity=GEORGIA, pue=1.5))
    shape = run_shape(projection)
    assert shape.blocks == 4
    assert shape.energy_j == pytest.approx(projection.energy_j())
    assert shape.duration_s == pytest.approx(projection.duration_s())
    assert "spread evenly" in shape.assumptions[0]
    # One epoch: 3.96 MJ x 1.5 in 100 s, then a quarter of what lies outside: 0.45 MJ x 1.5 in 12.5 s.
    assert shape.edges_s[:3].tolist() == [0, 100, 112.5]
    assert shape.power_w[:2] == pytest.approx([59_400, 54_000])


def test_without_times_the_sentence_says_where_to_enter_them() -> None:
    profile = small_profile()
    timeless = replace(profile, epochs=tuple(replace(e, duration_s=None) for e in profile.epochs))
    with pytest.raises(ScheduleError, match="Enter the hours"):
        run_shape(project(timeless, Scenario()))
    assert run_shape(project(timeless, Scenario(epoch_s=60.0))).duration_s == pytest.approx(240)
    assert NO_TIMES.endswith(".")


@pytest.mark.parametrize(
    "outside", [None, Outside(None, EnergyByKind(gpu=4e5)), Outside(0.0, EnergyByKind(gpu=4e5))]
)
@given(st.lists(st.tuples(st.sampled_from([0.0, 10.0, 20.0]), st.floats(0, 1e6)), min_size=1, max_size=6))
def test_epochs_without_time_lose_no_energy(
    outside: Outside | None, epochs: list[tuple[float, float]]
) -> None:
    assume(any(duration for duration, _ in epochs))
    profile = replace(
        small_profile(),
        epochs=tuple(
            Epoch(i, duration, EnergyByKind(gpu=joules)) for i, (duration, joules) in enumerate(epochs)
        ),
        outside=outside,
    )
    projection = project(profile, Scenario())
    shape = run_shape(projection)
    assert shape.energy_j == pytest.approx(projection.energy_j(), rel=1e-9, abs=1e-6)
    assert shape.duration_s == pytest.approx(sum(duration for duration, _ in epochs))
    assert shape.block_ends[-1] == shape.power_w.size
    assert shape.blocks == sum(duration > 0 for duration, _ in epochs)


def test_what_takes_no_time_is_added_to_what_comes_next() -> None:
    parts = [(10.0, 100.0), (0.0, 50.0), (20.0, 200.0), (0.0, 5.0)]
    epochs = tuple(Epoch(i, s, EnergyByKind(gpu=joules)) for i, (s, joules) in enumerate(parts))
    shape = run_shape(project(replace(small_profile(), epochs=epochs), Scenario()))
    assert shape.power_w.tolist() == [10, 255 / 20]


def test_a_run_that_takes_no_time_cannot_be_placed() -> None:
    profile = replace(small_profile(), epochs=(Epoch(0, 0.0, EnergyByKind(gpu=1.0)),))
    with pytest.raises(ScheduleError, match="no times"):
        run_shape(project(profile, Scenario()))


# -- the series -----------------------------------------------------------------------------------------


def test_the_example_has_the_annual_mean_and_says_that_it_is_made_up() -> None:
    factors = [[1 + 0.01 * hour + 0.1 * month for hour in range(24)] for month in range(12)]
    example = example_intensity(factors, GEORGIA, 2024)
    assert example.steps == 366 * 24
    assert example.mean_g_per_kwh == pytest.approx(GEORGIA.g_per_kwh)
    assert example.is_synthetic
    assert "Synthetic" in example.name
    assert "2024" in " ".join(example.assumptions)
    with pytest.raises(HourlyError, match="without emissions"):
        example_intensity(factors, replace(GEORGIA, g_per_kwh=0.0), 2024)
    with pytest.raises(HourlyError, match="12 months"):
        example_intensity(factors[:3], GEORGIA, 2024)


@pytest.mark.parametrize(
    ("values", "step_s", "start", "part"),
    [
        ([1.0, -1.0], 3600, START, "0 to 5000"),
        ([1.0, 5001.0], 3600, START, "Check the unit"),
        ([math.nan, math.nan], 3600, START, "holds no value"),
        ([1.0], 3600, START, "from 2"),
        ([1.0, 2.0], 1, START, "from a minute"),
        ([1.0, 2.0], 3600, START.replace(tzinfo=None), "in UTC"),
        ([1.0, math.inf], 3600, START, "Check the unit"),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    values: list[float], step_s: int, start: dt.datetime, part: str
) -> None:
    with pytest.raises(HourlyError, match=part):
        series(values, step_s, start)
