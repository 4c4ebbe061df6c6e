"""The terminal's screen: what stands on it, and that it fits."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyvis_tracker.watch_screen import sample_line, screen, sparkline
from energyvis_tracker.watch_state import WatchedRun
from energyvis_tracker.watch_stream import CONNECTED, LOST, OVER, Notice
from tests.tracker.live.conftest import STARTED_US, finished_epoch, run_record, summary

NOW_US = STARTED_US + 21_000_000
COLOUR = re.compile(r"\x1b\[\d+m")
BUDGET = {
    "limits": {"energy_kwh": 2.5, "cost": 1.0},
    "used": {"energy_kwh": 1.25, "cost": 0.5},
    "projected": {"energy_kwh": 2.75, "cost": 0.9},
    "passed": ["energy_kwh"],
    "currency": "EUR",
    "action": "pause",
}


def watched(*notices: Notice) -> WatchedRun:
    run = WatchedRun()
    for notice in notices:
        run.take(notice)
    return run


def going_on(**changes: Any) -> WatchedRun:
    return watched(
        Notice(CONNECTED),
        Notice("run", run_record(epochs_planned=10)),
        Notice("epoch", finished_epoch(0)),
        Notice("epoch", finished_epoch(1)),
        Notice("sample", summary(**changes)),
    )


def shown(run: WatchedRun, width: int = 80, height: int = 24) -> str:
    return "\n".join(screen(run, width, height, NOW_US, is_coloured=False))


def test_everything_fits_on_80_by_24() -> None:
    text = shown(going_on(budget=BUDGET))
    for part in [
        "resnet50",
        "running  21.0 s  last sample 1 s ago",
        "vision · ada · node1 · FR",
        "GPU        100 J  measured (counter)",
        "CPU         30 J  estimated",
        "250 W",
        "2 of 10  [####....................]",
        "Budget  1.25 of 2.5 kWh, projected 2.75 (pause)",
        "        0.5 of 1 EUR, projected 0.9 (pause)",
        "GPU NVIDIA A100           counter",
        "93 %",
        "61 °C",
        "DRAM dram                 not measured: not readable",
        "p pause   r resume   q quit",
    ]:
        assert part in text
    assert len(text.split("\n")) <= 24
    assert max(map(len, text.split("\n"))) <= 80


@given(
    width=st.integers(1, 200),
    height=st.integers(1, 60),
    devices=st.integers(0, 40),
    is_coloured=st.booleans(),
)
def test_it_fits_any_terminal(width: int, height: int, devices: int, *, is_coloured: bool) -> None:
    run = going_on(devices=(summary()["devices"] * 20)[:devices], budget=BUDGET)
    lines = screen(run, width, height, NOW_US, is_coloured=is_coloured)
    assert len(lines) <= max(height, 5)
    assert max(len(COLOUR.sub("", line)) for line in lines) <= max(width, 20)
    assert is_coloured or not any("\x1b" in line for line in lines)


def test_letters_of_double_width_fit_too() -> None:
    run = watched(Notice("run", run_record(name="エネルギー" * 20)))
    assert shown(run, width=40).startswith("エネルギー" * 3 + "エネルギ…\n")


def test_devices_that_do_not_fit_are_counted() -> None:
    text = shown(going_on(devices=summary()["devices"][:1] * 40))
    assert text.count("GPU NVIDIA A100") + int(re.findall(r"and (\d+) more", text)[0]) == 41  # and the DRAM
    assert len(text.split("\n")) == 24


def test_what_is_not_known_is_not_0() -> None:
    text = shown(watched(Notice(CONNECTED), Notice("run", run_record())))
    assert "Energy  not known yet" in text
    assert "not known yet" in text.split("Power")[1]
    nothing = summary(energy_j={}, power_w={}, devices=[])
    assert "Energy  not measured" in shown(watched(Notice("run", run_record()), Notice("sample", nothing)))


def test_the_time_left_follows_the_last_epochs() -> None:
    run = going_on()
    ended_us = finished_epoch(1)["ended_us"]
    assert run.left_s(ended_us) == 8 * 2.0
    assert run.left_s(ended_us + 1_000_000) == 15.0
    assert run.left_s(ended_us + 100_000_000) == 0.0
    assert "about 0.0 s left" in shown(run)
    run.take(Notice("state", run_record(state="paused", epochs_planned=10)))
    assert run.left_s(ended_us) is None


def test_a_lost_connection_is_shown_until_it_is_back() -> None:
    run = going_on()
    run.take(Notice(LOST, "Connection refused"))
    assert "connection lost, trying again (Connection refused)" in shown(run)
    run.take(Notice(CONNECTED))
    assert "connection lost" not in shown(run)


def test_the_share_of_the_job_stands_beside_the_whole() -> None:
    assert "the job's share 12 J" in shown(going_on(attributed_j={"cpu": 12.0}))


def test_a_name_cannot_command_the_terminal() -> None:
    record = run_record(name="\x1b]0;owned\x07\x1b[2J\u202e", user="a\rb", project="\x9b2J")
    for text in [
        shown(watched(Notice("run", record), Notice("sample", summary()))),
        sample_line(watched(Notice("run", record)), NOW_US),
    ]:
        assert not re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_an_ended_run_shows_how_long_it_took() -> None:
    record = run_record(state="finished", ended_at="2026-09-21T14:15:20.000000Z")
    assert "finished  2 min 0 s" in shown(watched(Notice("state", record), Notice(OVER)))


def test_a_line_says_it_all() -> None:
    assert sample_line(going_on(), NOW_US) == (
        "resnet50  running  21.0 s  epochs 2 of 10  CPU 30 J estimated, GPU 100 J measured (counter)  250 W"
    )


@pytest.mark.parametrize(
    ("values", "line"),
    [([], ""), ([0.0, 0.0], "▁▁"), ([1.0, 8.0], "▂█"), ([0.0, 50.0, 100.0], "▁▅█"), ([7.0], "█")],
)
def test_sparkline(values: list[float], line: str) -> None:
    assert sparkline(values) == line


def test_a_span_says_nothing_of_the_connection() -> None:
    run = going_on()
    run.take(Notice("span", {"name": "eval"}))
    assert "last sample" in shown(run)
    assert "connecting" not in shown(run)
