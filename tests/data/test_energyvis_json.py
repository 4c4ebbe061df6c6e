"""EnergyVis files are read with what had to be assumed, and written back with all that EnergyVis knew."""

import json
from typing import Any

import pytest

from energyvis_panel.data.energyvis_json import energyvis_from_profile
from energyvis_panel.data.profile_json import read_profile
from energyvis_panel.data.region_names import state_name
from energyvis_panel.errors import ProfileError


def energyvis(**changes: Any) -> dict[str, Any]:
    value: dict[str, Any] = {
        "name": "Transformer",
        "author": "Ada",
        "components": {"cpu": {"Intel Xeon E5-2690": 2}, "gpu": {"geforce-gtx-1080-ti": 4}},
        "serverData": {"cpu": {"epoch": [0.1, 0.2]}, "gpu": {"epoch": [1, 2.5]}},
        "location": "Georgia",
        "PUE": 1.59,
    }
    return value | changes


def test_kwh_become_joules_and_places_codes() -> None:
    profile, assumptions = read_profile(json.dumps(energyvis()).encode())
    assert [epoch.energy.gpu for epoch in profile.epochs] == [3.6e6, 9e6]
    assert [epoch.duration_s for epoch in profile.epochs] == [None, None]
    assert (profile.region_id, profile.pue, profile.author) == ("US-GA", 1.59, "Ada")
    assert [(item.model, item.count) for item in profile.hardware] == [
        ("Intel Xeon E5-2690", 2),
        ("geforce-gtx-1080-ti", 4),
    ]
    assert profile.provenance.source == "imported"
    assert profile.provenance.assumptions == assumptions
    assert profile.duration_s() is None
    assert "no times" in assumptions[0]


def test_back_to_energyvis_loses_nothing() -> None:
    original = energyvis()
    profile, _ = read_profile(json.dumps(original).encode())
    again = energyvis_from_profile(profile, state_name(profile.region_id or ""))
    series = again.pop("serverData")
    wanted = original.pop("serverData")
    assert again == original
    for kind in ("cpu", "gpu"):
        assert series[kind]["epoch"] == pytest.approx(wanted[kind]["epoch"])  # type: ignore[index] # plain JSON


def test_what_cannot_be_believed_is_left_open_and_said() -> None:
    content = energyvis(location="Atlantis", PUE=0.3)
    del content["serverData"]["cpu"]
    profile, assumptions = read_profile(json.dumps(content).encode())
    assert (profile.region_id, profile.pue) == (None, None)
    assert profile.epochs[0].energy.cpu is None
    assert any("Atlantis" in sentence for sentence in assumptions)
    assert any("0.3" in sentence for sentence in assumptions)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "name is missing"),
        ({"serverData": {}}, "holds no epoch"),
        ({"serverData": []}, "holds no epoch"),
        ({"serverData": {"gpu": {"epoch": "x"}}}, "is not a list"),
        ({"serverData": {"gpu": {"epoch": [1, -2]}}}, r"epoch\[1\] is '-2'"),
        ({"serverData": {"gpu": {"epoch": [True]}}}, r"epoch\[0\] is 'True'"),
        ({"serverData": {"gpu": {"epoch": [1]}, "cpu": {"epoch": [1, 2]}}}, "same number"),
        ({"components": {"gpu": {"a": 0}}}, "whole number from 1"),
    ],
)
def test_bad_file_gets_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ProfileError, match=sentence):
        read_profile(json.dumps(energyvis(**changes)).encode(), "x.json")
