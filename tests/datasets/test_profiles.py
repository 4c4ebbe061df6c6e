import json
from pathlib import Path
from typing import Any

import profiles
import pytest
from table_file import TableError

from energyvis_panel.data.chips import find_chip

KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "null": (type(None),),
}
Schema = dict[str, Any]


def problems(value: Any, schema: Schema, root: Schema, at: str = "") -> list[str]:
    """What JSON Schema says against a value, for the words that our schema uses."""
    if "$ref" in schema:
        return problems(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, at)
    if "oneOf" in schema:
        fits = [not problems(value, option, root, at) for option in schema["oneOf"]]
        return [] if fits.count(True) == 1 else [f"{at}: fits {fits.count(True)} of oneOf"]
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if kinds and not any(isinstance(value, KINDS[k]) and not isinstance(value, bool) for k in kinds):
        return [f"{at}: {value!r} is not {kinds}"]
    found = [
        f"{at}: {value!r} breaks {word}"
        for word in WORDS
        if word in schema and not fits_word(value, word, schema)
    ]
    if isinstance(value, list):
        found += [
            p for i, v in enumerate(value) for p in problems(v, schema.get("items", {}), root, f"{at}/{i}")
        ]
    if isinstance(value, dict):
        found += [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
        found += [p for name in value for p in problems_of_member(name, value[name], schema, root, at)]
    return found


WORDS = ("const", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")


def fits_word(value: Any, word: str, schema: Schema) -> bool:
    limit = schema[word]
    if word in {"const", "enum"}:
        return bool(value in (limit if word == "enum" else [limit]))
    if word in {"minimum", "maximum"}:
        size: Any = value if isinstance(value, (int, float)) else None
    else:
        size = len(value) if isinstance(value, str if word.endswith("Length") else list) else None
    return size is None or bool(size >= limit if word.startswith("min") else size <= limit)


def problems_of_member(name: str, value: Any, schema: Schema, root: Schema, at: str) -> list[str]:
    inner = schema.get("properties", {}).get(name, schema.get("additionalProperties", True))
    if isinstance(inner, bool):
        return [] if inner else [f"{at}: {name} is unknown"]
    return problems(value, inner, root, f"{at}/{name}")


@pytest.fixture(scope="module")
def schema(datasets: Path) -> dict[str, Any]:
    text = (datasets / "schemas" / "energy_profile.schema.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def shipped(datasets: Path) -> dict[str, dict[str, Any]]:
    paths = (datasets / "profiles").glob("strubell-2019-*.json")
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


def test_shipped_profiles_fit_the_schema(datasets: Path, schema: dict[str, Any]) -> None:
    assert len(shipped(datasets)) == 3
    for name, content in shipped(datasets).items():
        assert problems(content, schema, schema) == [], name
        assert content["id"] == name


def test_the_check_itself_finds_faults(datasets: Path, schema: dict[str, Any]) -> None:
    faults: list[dict[str, Any]] = [
        {"version": 2},
        {"pue": 0.9},
        {"epochs": []},
        {"extra": 1},
        {"division": "step"},
        {"hardware": [{"kind": "gpu", "model": "x", "count": 0}]},
        {"epochs": [{"index": 0, "duration_s": -1, "energy_j": {}}]},
        {"epochs": [{"index": 0, "duration_s": 1, "energy_j": {"npu": 1}}]},
        {"provenance": {"tool": "x"}},
        {"name": ""},
        {"outside_epochs": {"duration_s": 1}},
    ]
    for broken in faults:
        content = shipped(datasets)["strubell-2019-bert-base"] | broken
        assert problems(content, schema, schema), broken


@pytest.mark.parametrize(
    ("name", "power_w", "hours", "printed_kwh"),
    [
        ("strubell-2019-transformer-base", 1415.78, 12, 27),
        ("strubell-2019-transformer-big", 1515.43, 84, 201),
        ("strubell-2019-bert-base", 12041.51, 79.2, 1507),
    ],
)
def test_totals_are_those_of_the_paper(
    datasets: Path, name: str, power_w: float, hours: float, printed_kwh: int
) -> None:
    content = shipped(datasets)[name]
    joules = sum(epoch["energy_j"]["gpu"] for epoch in content["epochs"])
    seconds = sum(epoch["duration_s"] for epoch in content["epochs"])
    assert seconds == pytest.approx(hours * 3600)
    assert joules / seconds == pytest.approx(power_w)
    assert content["pue"] == 1.58
    assert round(joules / 3.6e6 * content["pue"]) == printed_kwh


def test_profiles_say_what_was_assumed(datasets: Path) -> None:
    for content in shipped(datasets).values():
        told = " ".join(content["provenance"]["assumptions"])
        assert content["division"] == "interval"
        assert content["provenance"]["source"] == "imported"
        assert all(word in told for word in ("Table 3", "equal", "GPU", "PUE 1.58", "Region United States"))


def test_the_hardware_of_the_profiles_is_in_the_catalogue(datasets: Path) -> None:
    for content in shipped(datasets).values():
        for item in content["hardware"]:
            assert find_chip(item["chip_id"]).name == item["model"]
            assert find_chip(item["chip_id"]).tdp_w


def test_shipped_profiles_are_what_the_script_makes(datasets: Path, tmp_path: Path) -> None:
    for path in profiles.write_profiles(tmp_path):
        assert path.read_bytes() == (datasets / "profiles" / path.name).read_bytes()


def test_a_profile_that_misses_the_printed_energy_is_refused() -> None:
    training = profiles.TRAININGS[0]
    content = profiles.profile(training)
    content["epochs"] = content["epochs"][:-1]
    with pytest.raises(TableError, match="27"):
        profiles.validate(training, content)
