"""CodeCarbon's files of all versions: exact joules before PUE, and what is weak in them is said."""

import pytest

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyByKind, HardwareItem
from energyvis_panel.errors import ProfileError
from tests.data.importer_case import only, read_sample, said, sample

HEADER = (
    "timestamp,project_name,run_id,duration,emissions,cpu_power,cpu_energy,gpu_energy,ram_energy,"
    "energy_consumed,gpu_count,gpu_model,codecarbon_version,pue\n"
)


def table(*rows: str) -> tuple[ImportedProfile, ...]:
    return read_import((HEADER + "\n".join(rows) + "\n").encode(), "emissions.csv")


def row(**changes: object) -> str:
    cells: dict[str, object] = {
        "timestamp": "2026-01-01T10:00:00",
        "project_name": "p",
        "run_id": "r",
        "duration": 100,
        "emissions": 0.1,
        "cpu_power": 50,
        "cpu_energy": 0.001,
        "gpu_energy": 0.002,
        "ram_energy": 0.0005,
        "energy_consumed": 0.0035,
        "gpu_count": 1,
        "gpu_model": "1 x NVIDIA A40",
        "codecarbon_version": "3.3.2",
        "pue": 1.0,
    }
    return ",".join(str(value) for value in (cells | changes).values())


def test_pue_is_divided_out_of_every_part() -> None:
    found = only("codecarbon_2_3.csv")
    energy = found.profile.epochs[0].energy
    assert energy.gpu == pytest.approx(0.03 * 3.6e6 / 1.2)
    assert energy.cpu == pytest.approx(0.00425 * 3.6e6 / 1.2)
    assert energy.dram == pytest.approx(0.003 * 3.6e6 / 1.2)
    assert energy.other is None
    assert found.profile.pue == 1.2
    assert found.profile.region_id == "US-MA"
    assert found.profile.hardware == (
        HardwareItem("cpu", "Intel(R) Xeon(R) CPU @ 2.20GHz", 1),
        HardwareItem("gpu", "NVIDIA A100-SXM4-40GB", 2),
    )
    assert "divided" in said(found.assumptions)
    assert found.profile.provenance.assumptions == found.assumptions + found.defects


def test_rows_of_one_run_are_running_totals() -> None:
    training, sleeping = read_sample("codecarbon_3_3.csv")
    assert [epoch.duration_s for epoch in training.profile.epochs] == [60.0, 60.0, 60.0]
    assert [epoch.energy.gpu for epoch in training.profile.epochs] == pytest.approx([10800, 10800, 11160])
    assert training.profile.energy().total_j() == pytest.approx(0.0133 * 3.6e6)
    assert training.profile.division == "interval"
    assert training.profile.region_id == "FR"
    assert training.defects == ()
    assert (training.profile.name, sleeping.profile.name) == (
        "trm, 2026-04-11 07:55",
        "sleep, 2026-04-12 08:00",
    )


def test_known_weaknesses_are_found_in_the_data() -> None:
    _, sleeping = read_sample("codecarbon_3_3.csv")
    defects = said(sleeping.defects)
    assert "42.5 W throughout" in defects
    assert "makes 85% of the run's energy" in defects
    assert "names GPUs but has 0 J" in defects
    assert "share of the process" in said(sleeping.assumptions)


def test_first_versions_have_a_total_and_no_pue() -> None:
    first, second = read_sample("codecarbon_1_0.csv")
    assert first.profile.epochs[0].energy == EnergyByKind(other=7.2e6)
    assert (first.profile.region_id, second.profile.region_id) == ("US-OH", "TW")
    assert first.profile.pue is None
    assert "not by device" in said(first.assumptions)


def test_tasks_named_as_epochs_are_epochs_and_the_rest_lies_outside() -> None:
    found = only("codecarbon_tasks.csv")
    assert found.profile.division == "epoch"
    assert [epoch.duration_s for epoch in found.profile.epochs] == [60.0, 61.0]
    assert found.profile.epochs[1].energy.gpu == pytest.approx(0.0052 * 3.6e6)
    assert found.profile.outside is not None
    assert found.profile.outside.energy.dram == pytest.approx(0.0005 * 3.6e6)
    assert found.profile.energy().total_j() == pytest.approx((0.0016 + 0.006 + 0.0062) * 3.6e6)


def test_tasks_without_such_names_are_intervals() -> None:
    text = sample("codecarbon_tasks.csv").replace(b"epoch_", b"rollout_")
    (found,) = read_import(text, "tasks.csv")
    assert found.profile.division == "interval"
    assert len(found.profile.epochs) == 3
    assert found.profile.outside is None


def test_constant_power_in_an_old_version_is_the_rated_power() -> None:
    # 100 s at 50 W are 0.001389 kWh; up to version 2, cpu_power is the last reading and no mean.
    (found,) = table(row(codecarbon_version="2.1.4", cpu_energy=100 * 50 / 3.6e6, energy_consumed=0.0039))
    assert "50 W throughout" in said(found.defects)
    (found,) = table(row(codecarbon_version="3.3.2", cpu_energy=100 * 50 / 3.6e6, energy_consumed=0.0039))
    assert found.defects == ()
    (found,) = table(row(), row(duration=200, cpu_energy=0.002, energy_consumed=0.0045))
    assert "50 W throughout" in said(found.defects)
    (found,) = table(row(), row(duration=200, cpu_energy=0.002, energy_consumed=0.0045, cpu_power=51))
    assert found.defects == ()


def test_a_total_that_falls_is_named_and_adds_nothing() -> None:
    (found,) = table(row(), row(duration=200, gpu_energy=0.001, cpu_energy=0.002, cpu_power=60))
    assert [epoch.energy.gpu for epoch in found.profile.epochs] == pytest.approx([7200, 0])
    assert "GPU energy falls in 1 of 2 rows" in said(found.defects)


def test_a_run_that_began_again_counts_from_nothing() -> None:
    (found,) = table(
        row(duration=100),
        row(duration=50, cpu_energy=0.0005, gpu_energy=0.001, ram_energy=0.0002, energy_consumed=0.0017),
    )
    assert [epoch.duration_s for epoch in found.profile.epochs] == [100.0, 50.0]
    assert [epoch.energy.gpu for epoch in found.profile.epochs] == pytest.approx([7200, 3600])
    assert "began again" in said(found.assumptions)


def test_negative_energy_counts_as_not_measured() -> None:
    (found,) = table(row(gpu_energy=-0.07, energy_consumed=-0.0685))
    assert found.profile.epochs[0].energy.gpu is None
    assert "GPU energy is negative" in said(found.defects)


def test_what_the_parts_leave_of_the_total_is_other_devices() -> None:
    (found,) = table(row(energy_consumed=0.0045))
    assert found.profile.epochs[0].energy.other == pytest.approx(0.001 * 3.6e6)
    (found,) = table(row(energy_consumed=0.003))
    assert found.profile.epochs[0].energy.other is None
    assert "add up to more than energy_consumed" in said(found.defects)


def test_two_models_of_gpu_run_together_are_told_apart() -> None:
    (found,) = table(row(gpu_count=5, gpu_model="4 x NVIDIA A401 x NVIDIA A100 80GB PCIe"))
    assert found.profile.hardware == (
        HardwareItem("gpu", "NVIDIA A40", 4),
        HardwareItem("gpu", "NVIDIA A100 80GB PCIe", 1),
    )


def test_the_newest_fifty_of_many_runs_are_read() -> None:
    rows = [row(run_id=f"r{k}", timestamp=f"2026-01-01T10:{k % 60:02d}:{k // 60:02d}") for k in range(60)]
    found = table(*rows[::-1])
    assert len(found) == 50
    assert {imported.profile.created_at for imported in found} == {
        f"2026-01-01T10:{minute:02d}:00" for minute in range(10, 60)
    }
    assert "holds 60 runs; the newest 50" in said(found[0].assumptions)
    assert len({imported.profile.id for imported in found}) == 50


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"duration": "nan"}, "duration in row 1 is 'nan', not a finite number"),
        ({"duration": ""}, "row 1 has no duration"),
        ({"duration": -1}, "duration in row 1 is -1, but cannot be negative"),
        ({"cpu_energy": "inf"}, "cpu_energy in row 1 is 'inf'"),
        ({"cpu_energy": "1_000"}, "cpu_energy in row 1 is '1_000'"),
        ({"cpu_energy": "abc"}, "cpu_energy in row 1 is 'abc'"),
        ({"cpu_energy": 1e300}, "cpu_energy in row 1 is 1e+300, but at most"),
        ({"pue": 0.5}, "pue in row 1 is 0.5, not a number from 1 to 10"),
        ({"gpu_energy": 7200, "energy_consumed": 7201}, "more than 1,000 kW"),
        ({"duration": 1e10}, "more than 100 years"),
    ],
)
def test_bad_cells_get_a_sentence(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ProfileError) as caught:
        table(row(**changes))
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("emissions.csv")
    assert "\n" not in str(caught.value)
