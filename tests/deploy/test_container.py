"""The image and the services of compose, as far as they can be held against this repository alone."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # it comes with Bokeh, without types

from energyvis_panel import __version__
from energyvis_panel.cli.main import parser
from energyvis_panel.server_settings import load_server_settings
from energyvis_panel.settings import load_settings

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / "deploy" / "container"
COMPOSE = ROOT / "deploy" / "compose"
Instruction = tuple[str, str]


@pytest.fixture(scope="module")
def instructions() -> list[Instruction]:
    """Return the instructions of the Containerfile, each with its arguments on one line."""
    text = re.sub(r"^#.*\n", "", (CONTAINER / "Containerfile").read_text(), flags=re.MULTILINE)
    whole = re.sub(r"\\\n\s*", " ", text)
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in whole.splitlines()) if word]


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((COMPOSE / "compose.yaml").read_text())


def arguments(instructions: list[Instruction], word: str) -> list[str]:
    return [rest for name, rest in instructions if name == word]


def copied(instructions: list[Instruction]) -> set[str]:
    """What is copied from the repository."""
    copies = [rest.split()[:-1] for rest in arguments(instructions, "COPY") if not rest.startswith("--from")]
    return {source for sources in copies for source in sources}


def test_what_is_copied_exists_and_is_all_that_is_sent_to_the_builder(
    instructions: list[Instruction],
) -> None:
    sources = copied(instructions)
    assert [source for source in sources if not (ROOT / source).exists()] == []
    sent = re.findall(r"^!(.*)$", (CONTAINER / "Containerfile.dockerignore").read_text(), re.MULTILINE)
    assert set(sent) == sources


def test_the_image_has_every_file_that_the_wheel_is_made_of(instructions: list[Instruction]) -> None:
    project = (ROOT / "pyproject.toml").read_text()
    shipped = re.findall(r'^"?([\w/]+)"? = "energyvis_panel/_shipped/', project, re.MULTILINE)
    (packages,) = re.findall(r"^packages = \[(.*)\]", project, re.MULTILINE)
    parts = {*shipped, *re.findall(r'"([^"]+)"', packages)}
    assert len(parts) > 5
    assert parts <= copied(instructions)


def test_the_image_runs_as_a_user_with_a_number_and_no_rights(instructions: list[Instruction]) -> None:
    assert arguments(instructions, "USER") == ["10001:10001"]
    last_stage = instructions[[word for word, _ in instructions].index("FROM", 1) :]
    assert not any("pip" in rest or "apt" in rest for word, rest in last_stage if word == "RUN")


def test_the_image_starts_a_command_that_there_is_and_asks_where_it_answers(
    instructions: list[Instruction],
) -> None:
    (command,) = map(json.loads, arguments(instructions, "CMD"))
    assert arguments(instructions, "ENTRYPOINT") == ['["energyvis"]']
    options = parser().parse_args(command)
    (check,) = arguments(instructions, "HEALTHCHECK")
    asked = re.findall(r"http://127\.0\.0\.1:(\d+)(/\w+)/health", check)
    assert asked == [(str(options.port), options.prefix)]
    assert arguments(instructions, "EXPOSE") == [str(options.port)]
    compile(json.loads(check.partition("CMD ")[2])[2], "HEALTHCHECK", "exec")


def test_every_service_of_compose_can_do_little_and_comes_back(compose: Any) -> None:
    services = compose["services"]
    assert set(services) == {"app-1", "app-2", "nginx", "rollup"}
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
    assert {services[name]["restart"] for name in ("app-1", "app-2", "nginx")} == {"unless-stopped"}


def test_what_compose_mounts_lies_in_the_repository_or_is_the_administrators(compose: Any) -> None:
    mounts = [volume.split(":")[0] for s in compose["services"].values() for volume in s["volumes"]]
    files = {mount for mount in mounts if mount.startswith(".")}
    assert files == {"../nginx/energyvis.conf", "./processes.conf"}
    assert [file for file in files if not (COMPOSE / file).is_file()] == []
    settings, secrets = compose["services"]["app-1"]["env_file"]
    assert (COMPOSE / settings).is_file()
    assert not secrets["required"]
    assert {name: s["file"] for name, s in compose["secrets"].items()} == {
        "certificate": "./tls/fullchain.pem",
        "certificate_key": "./tls/privkey.pem",
    }
    build = compose["services"]["app-1"]["build"]
    assert (COMPOSE / build["context"] / build["dockerfile"]).is_file()


def test_only_the_nightly_task_of_compose_may_write_to_the_lake(compose: Any) -> None:
    lakes = {
        name: [volume for volume in service["volumes"] if "/srv/energyvis/lake" in volume.rpartition("}")[2]]
        for name, service in compose["services"].items()
    }
    assert [volume.endswith(":ro") for name in ("app-1", "app-2") for volume in lakes[name]] == [True, True]
    assert [volume.endswith(":ro") for volume in lakes["rollup"]] == [False]
    parser().parse_args(compose["services"]["rollup"]["command"])


def test_all_name_the_version_of_the_program(compose: Any) -> None:
    assert compose["services"]["app-1"]["image"] == f"energyvis:{__version__}"
    assert f"--tag energyvis:{__version__} ." in (CONTAINER / "Containerfile").read_text()
    assert f"newTag: {__version__}" in (ROOT / "deploy" / "kubernetes" / "kustomization.yaml").read_text()


@pytest.mark.parametrize("file", ["compose/energyvis.env", "systemd/energyvis.env"])
def test_the_server_takes_the_settings_of_the_examples(file: str, tmp_path: Path) -> None:
    lines = re.findall(r"^#?(ENERGYVIS_\w+)=(.*)$", (ROOT / "deploy" / file).read_text(), re.MULTILINE)
    environ = dict(lines) | {"ENERGYVIS_LAKE": str(tmp_path), "HOME": str(tmp_path)}
    settings, server = load_settings(environ), load_server_settings(environ)
    assert (server.origins, server.is_behind_proxy) == (("energy.lab.example",), True)
    assert server.embed_origins == ("https://wiki.lab.example",)
    assert (settings.threads, settings.memory_limit, settings.spill_limit) == (2, "1GB", "1GB")
    source = "".join(path.read_text() for path in (ROOT / "energyvis_panel").glob("*settings.py"))
    names = {name.removeprefix("ENERGYVIS_") for name, _ in lines}
    assert [name for name in names if name not in source] == []
