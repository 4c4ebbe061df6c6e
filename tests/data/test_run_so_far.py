"""What follows from the events of a run: the profile its tracker would tell, and nothing unbelievable."""

import json
from typing import Any

import pytest

from energyvis_panel.data import run_so_far
from energyvis_panel.data.live_address import LiveRefusal
from energyvis_panel.data.run_so_far import RunSoFar
from energyvis_panel.domain.live_reading import PowerNow
from energyvis_panel.domain.profile import EnergyByKind

RUN_ID = "01JBQ4T9W2M8X5R7K3ZC6D1F0H"
STARTED_US = 1_790_000_000_000_000


def facts(**changes: Any) -> dict[str, Any]:
    return {
        "run_id": RUN_ID,
        "schema_version": 1,
        "name": "resnet50",
        "user": "ada",
        "hosts": ["node1"],
        "state": "running",
        "started_at": "2026-09-21T14:13:20.000000Z",
        "heartbeat_at": "2026-09-21T14:13:40.000000Z",
        "epochs_planned": 90,
        "region_id": "FR",
        "pue": 1.2,
        "hardware": [{"kind": "gpu", "model": "A100", "count": 1, "chip_id": None}],
        "devices": [{"kind": "dram", "id": "dram", "model": "", "source": "none", "note": "not readable"}],
        "attribution": "exclusive",
    } | changes


def epoch(index: int, **changes: Any) -> dict[str, Any]:
    return {
        "epoch": index,
        "started_us": STARTED_US + 2_000_000 * index,
        "ended_us": STARTED_US + 2_000_000 * (index + 1),
        "duration_s": 2.0,
        "energy_j": {"cpu": 4.0, "gpu": 10.0},
        "units": None,
        "unit": None,
        "metrics": {"loss": 0.5, "nan": None},
    } | changes


def sample(at_s: float, gpu_j: float, cpu_j: float, **changes: Any) -> dict[str, Any]:
    return {
        "at_us": STARTED_US + round(at_s * 1e6),
        "epoch": 2,
        "epochs_done": 2,
        "samples": 41,
        "energy_j": {"cpu": cpu_j, "gpu": gpu_j},
        "attributed_j": None,
        "power_w": {"cpu": None, "gpu": 250.0},
        "qualities": {"ok": 40, "gap": 1},
        "devices": [
            {"kind": "gpu", "source": "counter", "id": "GPU-1"},
            {"kind": "cpu", "source": "estimate", "id": "cpu"},
        ],
    } | changes


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run(clock: Clock) -> RunSoFar:
    started = RunSoFar(clock)
    tell(started, "run", facts())
    return started


def tell(run: RunSoFar, name: str, content: Any, event_id: str = "") -> None:
    run.take(name, json.dumps(content).encode(), event_id)


def tell_epochs(run: RunSoFar, count: int) -> None:
    for index in range(count):
        tell(run, "epoch", epoch(index))


def test_it_knows_nothing_before_the_facts() -> None:
    run = RunSoFar()
    assert run.now() is None
    tell(run, "run", {"run_id": RUN_ID})
    assert run.now() is None
    tell(run, "state", facts())
    now = run.now()
    assert now is not None
    assert (now.name, now.state, now.profile) == ("resnet50", "running", None)


def test_epochs_and_a_sample_make_a_profile(run: RunSoFar) -> None:
    tell(run, "epoch", epoch(1), "x-2")
    tell(run, "epoch", epoch(0), "x-1")
    tell(run, "sample", sample(5.0, 24.0, 9.0))
    now = run.now()
    assert now is not None
    profile = now.profile
    assert profile is not None
    assert [e.index for e in profile.epochs] == [0, 1]
    assert profile.epochs[0].metrics == {"loss": 0.5}
    assert profile.outside is not None
    assert profile.outside.duration_s == pytest.approx(1.0)
    assert profile.outside.energy == EnergyByKind(gpu=4.0, cpu=1.0)
    assert (profile.id, profile.region_id, profile.pue, profile.provenance.source) == (
        RUN_ID,
        "FR",
        1.2,
        "estimate",
    )
    said = " ".join(profile.provenance.assumptions)
    assert "CPU is an estimate" in said
    assert "1 of 41 readings" in said
    assert "dram was not measured: not readable" in said
    assert "still going on" in said
    assert now.power == (PowerNow("gpu", 250.0, ("counter",)), PowerNow("cpu", None, ("estimate",)))
    assert run.last_event_id == "x-1"


def test_the_profile_is_one_object_until_something_changes(run: RunSoFar) -> None:
    tell(run, "epoch", epoch(0))
    first = run.profile()
    assert run.profile() is first
    tell(run, "span", {"name": "later versions may say anything"})
    assert run.profile() is first
    tell(run, "sample", sample(5.0, 24.0, 9.0))
    assert run.profile() is not first


def test_shares_and_wholes_are_never_mixed(run: RunSoFar) -> None:
    tell(run, "state", facts(attribution="cpu_time"))
    share = {"cpu": 1.0, "gpu": 2.0}
    tell(run, "epoch", epoch(0, attributed_j=share))
    tell(run, "sample", sample(5.0, 24.0, 9.0, attributed_j={"cpu": 1.5, "gpu": 3.0}))
    profile = run.profile()
    assert profile is not None
    assert profile.epochs[0].energy == EnergyByKind(gpu=2.0, cpu=1.0)
    assert profile.energy() == EnergyByKind(gpu=3.0, cpu=1.5)
    assert any("share of the machine by the rule 'cpu_time'" in s for s in profile.provenance.assumptions)
    tell(run, "epoch", epoch(1))
    profile = run.profile()
    assert profile is not None
    assert profile.energy() == EnergyByKind(gpu=24.0, cpu=9.0)
    assert any("whole devices" in s for s in profile.provenance.assumptions)


def test_the_open_epoch_is_told_from_the_totals_around_its_beginning(run: RunSoFar) -> None:
    tell(run, "epoch", epoch(0))
    tell(run, "sample", sample(3.5, 17.0, 7.0, epoch=1))
    tell(run, "epoch", epoch(1))
    tell(run, "sample", sample(4.5, 23.0, 9.0, epoch=2))
    tell(run, "sample", sample(6.0, 33.0, 12.0, epoch=2))
    now = run.now()
    assert now is not None
    assert now.open_epoch is not None
    assert (now.open_epoch.index, now.open_epoch.estimated) == (2, False)
    assert now.open_epoch.duration_s == pytest.approx(2.0)
    assert now.open_epoch.energy.gpu == pytest.approx(33.0 - 20.0)
    assert now.open_epoch.energy.cpu == pytest.approx(12.0 - 8.0)
    tell(run, "epoch", epoch(2))
    now = run.now()
    assert now is not None
    assert now.open_epoch is None


def test_an_open_epoch_whose_beginning_was_not_seen_is_estimated_by_time(run: RunSoFar) -> None:
    tell(run, "epoch", epoch(0, started_us=STARTED_US + 1_000_000, ended_us=STARTED_US + 3_000_000))
    tell(run, "sample", sample(6.0, 30.0, 12.0, epoch=1))
    now = run.now()
    assert now is not None
    assert now.open_epoch is not None
    assert (now.open_epoch.duration_s, now.open_epoch.estimated) == (3.0, True)
    assert now.open_epoch.energy.gpu == pytest.approx((30.0 - 10.0) * 3 / 4)


def test_the_course_forgets_what_is_older_than_a_minute(run: RunSoFar, clock: Clock) -> None:
    for second in range(100):
        clock.now_s = float(second)
        tell(run, "sample", sample(second, second, second, power_w={"gpu": float(second), "cpu": None}))
    now = run.now()
    assert now is not None
    assert now.course_w == tuple(float(second) for second in range(39, 100))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("epoch", epoch(0, energy_j={"gpu": -1.0})),
        ("epoch", epoch(-1)),
        ("epoch", epoch(0, duration_s="2")),
        ("epoch", epoch(0, metrics=[1])),
        ("epoch", [1, 2]),
        ("epoch", None),
        ("sample", sample(1, float("nan"), 1)),
        ("sample", sample(1, 1e300, 1)),
        ("sample", sample(1, 1, 1, at_us=10**30)),
        ("sample", sample(1, 1, 1, devices={"x": 1})),
        ("sample", {"at_us": 1}),
        ("state", facts(run_id="01OTHER")),
        ("state", facts(state="dancing")),
        ("state", facts(pue=0.5)),
        ("state", facts(schema_version=2)),
        ("state", facts(started_at="yesterday")),
        ("state", "text"),
    ],
    ids=str,
)
def test_what_no_tracker_sends_gets_one_sentence(run: RunSoFar, name: str, content: Any) -> None:
    with pytest.raises(LiveRefusal) as raised:
        tell(run, name, content)
    text = str(raised.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 400


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 100_000, b'{"at_us": Infinity}']
)
@pytest.mark.parametrize("name", ["run", "epoch", "sample"])
def test_what_is_no_json_gets_one_sentence(run: RunSoFar, name: str, data: bytes) -> None:
    with pytest.raises(LiveRefusal):
        run.take(name, data, "")


def test_an_id_that_would_not_fit_a_path_is_refused() -> None:
    with pytest.raises(LiveRefusal):
        tell(RunSoFar(), "run", facts(run_id="x HTTP/1.1\r\nHost: y"))


def test_names_are_cut(run: RunSoFar) -> None:
    tell(run, "state", facts(name="n" * 1000, user="u" * 1000))
    tell(run, "epoch", epoch(0, unit="e" * 1000))
    profile = run.profile()
    assert profile is not None
    assert (len(profile.name), len(profile.author or ""), len(profile.epochs[0].unit or "")) == (200, 200, 50)


def test_no_more_is_kept_than_allowed(run: RunSoFar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_so_far, "MOST_KEPT_BYTES", 1000)
    for _ in range(20):
        tell(run, "epoch", epoch(0))  # the same epoch again and again is kept once
    with pytest.raises(LiveRefusal, match="more epochs than"):
        tell_epochs(run, 20)
    monkeypatch.setattr(run_so_far, "MOST_KEPT_BYTES", 10**9)
    monkeypatch.setattr(run_so_far, "MOST_EPOCHS", 25)
    with pytest.raises(LiveRefusal, match="more epochs than"):
        tell_epochs(run, 40)
