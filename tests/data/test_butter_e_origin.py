"""Where the runs of the Explore page come from, as the page says it."""

from pathlib import Path

from energyvis_panel.data.butter_e import standin_path
from energyvis_panel.data.butter_e_files import recognised_file
from energyvis_panel.data.butter_e_load import alone_in, butter_e_home, load_offered
from energyvis_panel.data.butter_e_origin import butter_e_origin, power_traces
from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.workspace import workspace
from energyvis_panel.settings import load_settings
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.views.explore.selection.rail import data_html
from tests.published_table_fixture import table_text, write_table


def loaded_table(tmp_path: Path) -> None:
    """Load a made published table into the cache of the test."""
    table = write_table(tmp_path, table_text(200))
    home = butter_e_home(load_settings())
    with Gateway(threads=1) as gateway, alone_in(home):
        load_offered(gateway, home, recognised_file(table), {})


def test_without_a_load_there_is_the_stand_in(tmp_path: Path) -> None:
    settings = load_settings({"ENERGYVIS_CACHE": str(tmp_path / "cache")})
    assert butter_e_origin(settings) == ""
    assert power_traces(settings) is None


def test_what_is_loaded_is_shown_and_said(tmp_path: Path) -> None:
    loaded_table(tmp_path)
    settings = load_settings()
    shared = workspace(settings)
    state = Exploration(shared.with_butter_e(), origin=butter_e_origin(settings))
    assert state.total_runs == 200
    assert state.synthetic_runs == 0
    said = data_html(state)
    assert "CC-BY-4.0: the published table, loaded on 20" in said
    assert "ynthetic" not in said
    assert power_traces(settings) is None


def test_own_runs_that_are_synthetic_are_said_loudly(tmp_path: Path) -> None:
    own = tmp_path / "own.parquet"
    own.write_bytes(standin_path().read_bytes())
    settings = load_settings({"ENERGYVIS_BUTTER_E": str(own)})
    shared = workspace(settings)
    said = data_html(Exploration(shared.with_butter_e(), origin=butter_e_origin(settings)))
    assert "63,527 of the runs are synthetic" in said
    assert "own.parquet, named by ENERGYVIS_BUTTER_E" in said
    (tmp_path / "power_traces.parquet").touch()
    assert power_traces(settings) == tmp_path / "power_traces.parquet"
