"""What the hardware list shows and understands, without a browser."""

import gc
import weakref
from collections.abc import Sequence
from typing import Any

import pytest

from energyvis_panel.data.chip_search import search_chips
from energyvis_panel.data.chips import find_chip
from energyvis_panel.domain.hardware import Chip
from energyvis_panel.errors import DatasetError
from energyvis_panel.views.study.hardware.hardware_picker import HardwarePicker
from energyvis_panel.views.study.hardware.hardware_rows import chip_facts, hit_row
from tests.hardware_fixture import EPYC, H100, machine_study


def picker(profile_id: str = "gpus", **settings: Any) -> HardwarePicker:
    return HardwarePicker(machine_study(profile_id, **settings), search_chips)


def act(view: HardwarePicker, action: str, **facts: Any) -> dict[str, Any]:
    """The list after a message as the browser sends it."""
    view.list._handle_msg({"action": action, **facts})
    shown: dict[str, Any] = view.list.machine
    return shown


def test_it_lists_the_recorded_machine_with_units_and_origins() -> None:
    shown = picker().list.machine
    gpu, cpu = shown["rows"]
    assert (gpu["name"], gpu["count"], gpu["state"]) == ("NVIDIA Tesla V100 SXM2 32 GB", 8, "same")
    assert (gpu["watts"], gpu["rate"], gpu["origin"]) == ("300 W", "15.7 TFLOP/s FP32", "vendor's figure")
    assert cpu["origin"] == "estimated, within a factor of 2"
    assert shown["whole"] == ""
    assert not shown["edited"]
    assert shown["precisions"][0]["text"] == "FP32 · default"
    assert [move["text"] for move in shown["moves"]] == ["Move to CPUs"]


def test_an_edit_tells_energy_and_time_and_what_was_there() -> None:
    shown = act(picker(), "exchange", place=0, chip_id=H100, kind="gpu", count=4, at="row-0")
    row = shown["rows"][0]
    assert (row["state"], row["was"]) == ("changed", "instead of 8 × Tesla V100 SXM2 32 GB")
    assert shown["whole"] == "energy \u221246 %, time 6 min 40 s → 3 min 07 s"
    assert row["effect"] == ""
    assert shown["edited"]
    assert "rated watts" in shown["assumption"]


def test_with_two_edits_each_line_tells_its_own_effect() -> None:
    view = picker()
    act(view, "count", place=0, count="16", at="row-0")
    rows = act(view, "count", place=1, count="4", at="row-1")["rows"]
    assert [row["was"] for row in rows] == ["instead of 8", "instead of 2"]
    assert rows[0]["effect"] == "energy \u22124.5 %, time 6 min 40 s → 3 min 20 s"
    assert rows[1]["effect"] == "energy +9.1 %, time 6 min 40 s → 6 min 40 s"


def test_a_band_and_the_assumption_are_told_when_work_moves_to_cpus() -> None:
    shown = act(picker(), "move", kind="cpu", at="bar")
    assert shown["rows"][0]["state"] == "removed"
    assert shown["rows"][0]["was"] == "taken away"
    assert "within a factor of 2" in shown["warnings"][0]
    assert "The CPUs do the work of the GPUs" in shown["warnings"][1]
    assert act(picker("cpus"), "move", kind="gpu", at="bar")["rows"][1]["was"] == "added"


@pytest.mark.parametrize(
    ("action", "facts", "sentence"),
    [
        ("count", {"place": 0, "count": "0"}, "must lie from 1 to"),
        ("count", {"place": 0, "count": "2.5"}, "must be a whole number"),
        ("count", {"place": 0, "count": "<b>x</b>"}, "must be a whole number"),
        ("efficiency", {"efficiency": "1.2"}, "must lie from 0.01 to 1"),
        ("efficiency", {"efficiency": "nan"}, "must lie from 0.01 to 1"),
        ("efficiency", {"efficiency": ""}, "That is no number"),
        ("add", {"kind": "gpu", "name": "Mine", "tdp_w": "-5", "tflops": "1"}, "power of Mine in W is -5"),
        ("add", {"kind": "gpu", "name": " ", "tdp_w": "5", "tflops": "1"}, "needs a name"),
        ("add", {"kind": "gpu", "chip_id": "no such chip"}, "No chip is called"),
        ("add", {"kind": "gpu", "chip_id": "google-tpu-v4"}, "its FP32 rate is not known"),
        ("precision", {"precision": "fp4"}, "That is no number"),
        ("count", {}, "That is no number"),
    ],
)
def test_a_refused_value_is_told_where_it_was_entered(
    action: str, facts: dict[str, Any], sentence: str
) -> None:
    view = picker()
    before = view.study.choice
    shown = act(view, action, at="row-0", **facts)
    assert shown["refused"]["at"] == "row-0"
    assert sentence in shown["refused"]["text"]
    assert view.study.choice == before
    assert view.study.notice == ""
    assert act(view, "count", place=0, count="9")["refused"] == {}


def test_what_is_no_message_is_ignored() -> None:
    view = picker()
    for message in (None, "x", {}, {"action": "format the disk"}, {"action": ["count"]}):
        before = view.study.choice
        view.list._handle_msg(message)
        assert view.study.choice == before


def test_unknown_chips_are_named_with_ways_on() -> None:
    view = picker("strange")
    (unknown,) = view.list.machine["unknown"]
    assert unknown["text"] == (
        "4 × Frobnicator <b>9000</b> is not in the catalogue: choose it, or enter its watts and TFLOP/s."
    )
    assert view.list.machine["rows"] == []
    shown = act(view, "correct", place=0, chip_id=H100, kind="gpu", count=4)
    assert shown["unknown"] == []
    assert shown["rows"][0]["name"] == "NVIDIA H100 SXM5 80 GB"
    assert shown["corrected"]
    assert act(view, "forget")["unknown"]
    assert [row["kind"] for row in act(view, "leave_out", place=0)["rows"]] == ["cpu"]


def test_without_hardware_it_says_so_and_takes_a_machine() -> None:
    view = picker("bare")
    assert view.list.machine["empty"] == "This profile names no hardware. Enter the machine that it ran on."
    shown = act(view, "correct", place=0, chip_id=EPYC, kind="cpu", count=1)
    assert shown["empty"] == ""
    assert shown["rows"][0]["name"] == "AMD EPYC 7742"


def test_undo_and_another_profile_show_at_once() -> None:
    view = picker()
    act(view, "count", place=0, count="16")
    view.study.undo()
    assert view.list.machine["rows"][0]["count"] == 8
    view.study.select("cpus")
    assert view.list.machine["rows"][0]["name"] == "AMD EPYC 7742"


def test_the_runs_own_precision_is_named() -> None:
    view = picker(precision="fp16")
    assert view.list.machine["precision"] == "fp16"
    assert view.list.machine["precisions"][2]["text"] == "FP16/BF16 matrix · the run's own"
    assert view.list.machine["rows"][0]["rate"] == "125 TFLOP/s FP16/BF16 matrix"
    assert act(view, "precision", precision="fp32")["rows"][0]["rate"] == "15.7 TFLOP/s FP32"


def test_a_search_answers_its_own_question() -> None:
    view = picker()
    view.list._handle_msg({"action": "search", "text": "epcy 7742", "kind": "", "serial": 7})
    assert view.list.hits["serial"] == 7
    assert view.list.hits["rows"][0]["name"] == "AMD EPYC 7742"
    view.list._handle_msg({"action": "search", "text": "7742", "kind": "gpu", "serial": 8})
    assert {row["kind"] for row in view.list.hits["rows"]} <= {"gpu"}


def test_a_search_that_fails_says_why() -> None:
    def broken(text: str, kind: str | None, most: int) -> Sequence[Chip]:
        raise DatasetError(f"No catalogue for {text}, {kind}, {most}.")

    view = HardwarePicker(machine_study(), broken)
    view.list._handle_msg({"action": "search", "text": "x", "kind": "cpu", "serial": 1})
    assert view.list.hits == {"rows": [], "failed": "No catalogue for x, cpu, 30.", "serial": 1}


def test_a_rate_that_is_not_known_is_dimmed_with_its_reason() -> None:
    power_only = chip_facts(find_chip("intel-xeon-platinum-8272cl"), "fp32")
    assert power_only["dim"]
    assert power_only["rate"] == "rate not known"
    assert "no rate is published" in power_only["origin"]
    tpu = chip_facts(find_chip("google-tpu-v4"), "fp32")
    assert (tpu["dim"], tpu["origin"]) == (True, "no FP32 rate is published")
    assert hit_row(find_chip("google-tpu-v4"), "fp8")["rate"] == "275 TFLOP/s FP16/BF16 matrix"
    assert not hit_row(find_chip(H100), "fp16")["dim"]


def test_the_list_ends_with_its_session() -> None:
    view = picker()
    gone = weakref.ref(view)
    del view
    gc.collect()
    assert gone() is None
