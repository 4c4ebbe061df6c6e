"""The Grafana dashboard, beside what a real sampler serves at `/metrics`."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "deploy" / "grafana"
PATIENCE_S = 30.0
RUN = {"run_id", "run"}
WHERE = RUN | {"project", "user", "host"}
DEVICE = WHERE | {"kind", "device", "source"}
METRICS = {
    "energyvis_energy_joules_total": DEVICE,
    "energyvis_power_watts": DEVICE,
    "energyvis_run_info": WHERE | {"state"},
    "energyvis_epochs_total": RUN,
    "energyvis_samples_total": RUN | {"quality"},
    "energyvis_sampler_cpu_seconds_total": set[str](),
}
# Grafana documentation, "Configure standard options", "Unit".
UNITS = {"watt", "kwatth", "joule", "percentunit", "cps", "none"}
SELECTOR = re.compile(r"(energyvis_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'\s*(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"\s*(?:,|$)')
GROUPING = re.compile(r"\bby\s*\(([^)]*)\)")

JOB = """
from energyvis_tracker import EnergyTracker
with EnergyTracker("job", epochs=1, interval_s=0.05, quiet=True) as tracker:
    for epoch in tracker.epochs():
        pass
    print(tracker.url, flush=True)
    input()
"""


@pytest.fixture(scope="module")
def dashboard() -> Any:
    return json.loads((GRAFANA / "energyvis.json").read_text())


def expressions(dashboard: Any) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def queries(dashboard: Any) -> list[str]:
    return [
        variable["definition"] for variable in dashboard["templating"]["list"] if variable["type"] == "query"
    ]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return the labels of each metric that a real sampler serves."""
    folder = tmp_path_factory.mktemp("metrics")
    settings = {
        "ENERGYVIS_LAKE": str(folder / "lake"),
        "ENERGYVIS_POWERCAP": str(folder),
        "TMPDIR": str(folder),
    }
    environment = os.environ | settings | {"PYTHONPATH": str(ROOT / "tracker")}
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", JOB]
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as job:
        assert job.stdout is not None
        address, _, token = job.stdout.readline().strip().partition("/?token=")
        request = urllib.request.Request(  # noqa: S310 - the URL is our own sampler's
            f"{address}/metrics", headers={"Authorization": f"Bearer {token.partition('&')[0]}"}
        )
        deadline_s = time.monotonic() + PATIENCE_S
        text = ""
        while "energyvis_power_watts{" not in text and time.monotonic() < deadline_s:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - likewise
                text = answer.read().decode()
        job.communicate("\n")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {line.partition("{")[0].partition(" ")[0]: set(re.findall(r'[{,](\w+)="', line)) for line in lines}


def test_the_sampler_serves_what_the_dashboard_asks_for(served: dict[str, set[str]]) -> None:
    assert served == METRICS


def test_every_question_uses_only_metrics_and_labels_that_there_are(dashboard: Any) -> None:
    asked = {metric for text in expressions(dashboard) for metric, _ in SELECTOR.findall(text)}
    assert asked == METRICS.keys()
    for text in [*expressions(dashboard), *queries(dashboard)]:
        selectors = SELECTOR.findall(text)
        assert selectors, text
        for metric, matchers in selectors:
            assert MATCHER.sub("", matchers) == "", text
            assert {label for label, _ in MATCHER.findall(matchers)} <= METRICS[metric], text
        common = set.intersection(*(METRICS[metric] for metric, _ in selectors))
        for labels in GROUPING.findall(text):
            assert set(re.split(r",\s*", labels)) <= common, text


def test_a_legend_names_only_labels_that_the_question_keeps(dashboard: Any) -> None:
    legends = [
        t for panel in dashboard["panels"] for t in panel["targets"] if "{{" in t.get("legendFormat", "")
    ]
    assert legends
    for target in legends:
        kept = set(re.split(r",\s*", GROUPING.findall(target["expr"])[0]))
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= kept


def test_counters_are_never_summed_before_their_rate(dashboard: Any) -> None:
    for text in expressions(dashboard):
        assert not re.search(r"(rate|increase)\(\s*(sum|max)", text), text
        for range_of in re.findall(r"(?:rate|increase)\((energyvis_\w+)", text):
            assert range_of.endswith("_total")


def test_what_is_estimated_is_told_apart(dashboard: Any) -> None:
    shown = [
        panel
        for panel in dashboard["panels"]
        if panel["type"] in {"timeseries", "table"} and panel["title"].startswith(("Power", "Energy of each"))
    ]
    assert len(shown) == 4
    assert all("source" in target["expr"] for panel in shown for target in panel["targets"])


def test_every_panel_has_a_unit_a_place_and_a_number_of_its_own(dashboard: Any) -> None:
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) >= 12
    assert {panel["fieldConfig"]["defaults"]["unit"] for panel in panels} == UNITS
    assert all(panel["title"] and panel["description"] for panel in panels)
    cells = [
        (column, row)
        for place in (panel["gridPos"] for panel in panels)
        for column in range(place["x"], place["x"] + place["w"])
        for row in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells)), "two panels overlap"
    assert {column for column, _ in cells} == set(range(24))


def test_the_data_source_is_a_choice_and_so_are_host_project_and_run(dashboard: Any) -> None:
    variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    assert list(variables) == ["datasource", "host", "project", "run"]
    parts = [*dashboard["panels"], *(t for panel in dashboard["panels"] for t in panel["targets"])]
    parts += [variables[name] for name in ("host", "project", "run")]
    assert {part["datasource"]["uid"] for part in parts} == {"${datasource}"}
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(dashboard))) - {"__range", "__rate_interval", "__all"}
    assert used == set(variables)


def test_letters_of_the_dashboard_name_each_query_once(dashboard: Any) -> None:
    for panel in dashboard["panels"]:
        letters = [target["refId"] for target in panel["targets"]]
        assert len(letters) == len(set(letters))


def test_the_examples_beside_it_fit_together() -> None:
    readme = (GRAFANA / "README.md").read_text()
    named = [path.relative_to(GRAFANA).as_posix() for path in GRAFANA.rglob("*") if path.is_file()]
    assert [name for name in named if name != "README.md" and f"`{name}`" not in readme] == []
    scrape = (GRAFANA / "prometheus.yml").read_text()
    port = re.findall(r"ENERGYVIS_LIVE_PORT=(\d+)", scrape)
    assert set(re.findall(r"example:(\d+)", scrape)) == set(port)
    source = "".join(path.read_text() for path in (ROOT / "tracker" / "energyvis_tracker").rglob("*.py"))
    settings = re.findall(r"ENERGYVIS_[A-Z_]+", scrape + readme)
    assert settings
    assert [setting for setting in settings if f'"{setting}"' not in source] == []
