"""Profiles survive the way to JSON and back to the last bit; a bad file gets one clear sentence."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings

from energyvis_panel.data import text_file
from energyvis_panel.data.profile_json import profile_to_json, read_profile
from energyvis_panel.data.profile_model import (
    EpochJson,
    HardwareJson,
    JsonPart,
    OutsideJson,
    ProfileJson,
    ProvenanceJson,
)
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.errors import ProfileError
from energyvis_panel.resources import resource_path
from tests.data.profile_strategy import profiles
from tests.profiles_fixture import small_profile


@given(profiles())
@settings(max_examples=150, deadline=None)
def test_round_trip_is_exact(profile: EnergyProfile) -> None:
    text = profile_to_json(profile)
    again, assumptions = read_profile(text.encode())
    assert again == profile
    assert assumptions == ()
    assert profile_to_json(again) == text


def test_model_has_the_fields_of_the_published_schema() -> None:
    schema = json.loads(resource_path("datasets/schemas/energy_profile.schema.json").read_text())
    models: dict[str, type[JsonPart]] = {
        "hardware": HardwareJson,
        "epoch": EpochJson,
        "outside": OutsideJson,
        "provenance": ProvenanceJson,
    }
    assert set(ProfileJson.model_fields) == set(schema["properties"])
    assert required(ProfileJson) == set(schema["required"])
    for name, model in models.items():
        assert set(model.model_fields) == set(schema["$defs"][name]["properties"])
        assert required(model) == set(schema["$defs"][name]["required"])


def required(model: Any) -> set[str]:
    return {name for name, field in model.model_fields.items() if field.is_required()}


def plain() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(profile_to_json(small_profile()))
    return value


def changed(path: str, value: object) -> bytes:
    """Profile with one place changed; ``...`` removes it."""
    whole: Any = plain()
    place = whole
    *steps, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (changed("epochs.1.energy_j.gpu", -5), "epochs[1].energy_j.gpu is -5, but must be greater"),
        (changed("epochs.1.energy_j.gpu", "5"), 'epochs[1].energy_j.gpu is "5", but must be a valid number'),
        (
            changed("epochs.1.energy_j.gpu", True),
            "epochs[1].energy_j.gpu is true, but must be a valid number",
        ),
        (
            changed("epochs.1.energy_j.gpu", None),
            "epochs[1].energy_j.gpu is null, but must be a valid number",
        ),
        (
            changed("epochs.1.energy_j.tpu", 1),
            "epochs[1].energy_j.tpu is not a field of a profile. Remove it.",
        ),
        (changed("epochs.1.index", ...), "epochs[1].index is missing. Add it."),
        (changed("epochs.1.index", 0), "epoch 0 stands after epoch 0"),
        (changed("epochs", []), "epochs is a list of 0, but"),
        (changed("pue", 0.9), "pue is 0.9, but must be greater than or equal to 1"),
        (changed("url", "javascript:alert(1)"), "but must be an http or https address"),
        (changed("url", "file:///etc/passwd"), "but must be an http or https address"),
        (changed("created_at", "yesterday"), "but must be a date and time such as"),
        (changed("name", "x" * 201), "name is"),
        (changed("version", 2), "version 2, but this program reads version 1"),
        (changed("format", "other"), "is not an energy profile"),
        (changed("provenance.source", "guess"), "provenance.source is"),
        (changed("epochs.1.energy_j.gpu", 1e308).replace(b"1e+308", b"1e999"), "finite number"),
        (json.dumps(plain()).encode().replace(b"3600000.0", b"NaN", 1), "holds NaN"),
        (json.dumps(plain()).encode().replace(b"3600000.0", b"1.7e308"), "add up to infinity"),
        (changed("name", "\ud800"), "half of a Unicode character"),
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"[1", "is not JSON: Expecting"),
        (b"[1]", "is not an energy profile"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": ' + b"1" * 5000 + b"}", "too many digits"),
        (b"PK\x03\x04rest", "is a zip archive"),
        (b"\x1f\x8brest", "is a gzip archive"),
        (b"\x80\x04rest", "is a Python pickle"),
        (b"\xff\xfe{", "is not text in UTF-8"),
        (b'{"a": "\0"}', "zero byte"),
    ],
)
def test_bad_file_gets_one_sentence_that_says_where(content: bytes, sentence: str) -> None:
    with pytest.raises(ProfileError, match=re.escape(sentence)) as caught:
        read_profile(content, "x.json")
    assert str(caught.value).startswith("x.json ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_large_file_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_file, "MOST_BYTES", 1000)
    with pytest.raises(ProfileError, match="MB are read"):
        read_profile(b" " * 1001, "x.json")


def test_byte_order_mark_does_no_harm() -> None:
    profile = small_profile()
    assert read_profile(b"\xef\xbb\xbf" + profile_to_json(profile).encode())[0] == profile


def test_shipped_profiles_are_usable() -> None:
    files = sorted(resource_path("datasets/profiles").glob("*.json"))
    assert files
    for path in files:
        assert read_profile(path.read_bytes(), path.name)[0].energy().total_j() > 0
