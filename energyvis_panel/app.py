"""``panel serve energyvis_panel/app.py``: settings, data, state and views put together. No logic here."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import holoviews as hv
import panel as pn
from bokeh.settings import settings as bokeh_settings

from energyvis_panel.assembly.explore_parts import explore_page
from energyvis_panel.assembly.framed_parts import FramedParts
from energyvis_panel.assembly.study_parts import StudyParts
from energyvis_panel.data.live_client import live_client
from energyvis_panel.data.workspace import Workspace, workspace
from energyvis_panel.errors import EnergyVisError
from energyvis_panel.server.session_rights import session_rights
from energyvis_panel.server_settings import load_server_settings
from energyvis_panel.settings import load_settings
from energyvis_panel.sign_in_settings import load_sign_in_settings
from energyvis_panel.state.address import changed_query, follow_query, study_query
from energyvis_panel.state.framing import Framing, framing
from energyvis_panel.state.live import LakeRuns
from energyvis_panel.state.rights import Rights
from energyvis_panel.state.runs import RunsState
from energyvis_panel.state.runs_address import WATCHED as RUNS_WATCHED
from energyvis_panel.state.runs_address import follow_runs_query, runs_query
from energyvis_panel.state.shared_watch import StudyRuns, shared_watch
from energyvis_panel.state.shell import PAGES, Shell, first_argument
from energyvis_panel.state.study import Study
from energyvis_panel.views import frame, theme
from energyvis_panel.views.embed.host_page import HostPage
from energyvis_panel.views.embed.own_address import load_from_own_address
from energyvis_panel.views.mended_pages import mend_pages
from energyvis_panel.views.runs.follow import follow_lake
from energyvis_panel.views.runs.lake_line import LakeLine
from energyvis_panel.views.study.live.live_session import live_run
from energyvis_panel.views.study.regions.region_signal import RegionSignal

SHOWN_BY = ["choice", "measure", "axis", "cumulative", "log_scale", "pounds"]

Build = Callable[[], Any]


def study_state(shared: Workspace, query: dict[str, str]) -> Study:
    """Study of one session, brought to what its address says."""
    study = Study(shared.profiles, shared.references, shared.equivalences)
    follow_query(study, query)
    return study


def runs_state(shared: Workspace, query: dict[str, str], *followers: Any) -> RunsState:
    """Runs of one session, kept up to date while it lives; the followers learn of the lake with them."""
    watch = shared_watch(shared)
    runs = RunsState(watch.lake)
    if "runs" in {query.get("page"), query.get("view")}:
        follow_runs_query(runs, query)
    follow_lake(watch, runs, *followers)
    return runs


def pages(shared: Workspace, query: dict[str, str], shell: Shell, rights: Rights) -> Any:
    """The whole app: each page is built when it is first opened."""
    study = study_state(shared, query)
    live = live_run(study, live_client(shared.settings.live_hosts), rights=rights)
    runs = runs_state(shared, query, StudyRuns(study), LakeRuns(live))

    def study_page() -> Any:
        from energyvis_panel.views.study.page import StudyPage  # noqa: PLC0415 - built when opened

        signal = RegionSignal()
        parts = StudyParts(shared, study, signal, framed=False, rights=rights)
        return StudyPage(study, signal, parts.builders(live))

    def runs_page() -> Any:
        from energyvis_panel.views.runs.page import RunsPage  # noqa: PLC0415 - built when opened

        def open_in_study(run_id: str) -> None:
            study.select(run_id)
            shell.page = "study"

        def compare_in_study(run_id: str, other_id: str) -> None:
            study.select(run_id)
            if study.choice is not None and other_id not in study.choice.compared_ids:
                study.toggle_compared(other_id)
            shell.page = "study"

        return RunsPage(runs, open_in_study, compare_in_study)

    def study_changed(*_events: Any) -> None:
        write_address(study_query(study))

    def runs_changed(*_events: Any) -> None:
        write_address(runs_query(runs))

    study.param.watch(study_changed, SHOWN_BY)
    runs.param.watch(runs_changed, list(RUNS_WATCHED))
    shell.param.watch(
        lambda event: write_address({"page": None if event.new == PAGES[0] else event.new}), "page"
    )
    builders: dict[str, Build] = {
        "study": study_page,
        "runs": runs_page,
        "explore": partial(explore_page, shared, query, study, write_address),
    }
    return frame.full_page(shell, builders, LakeLine(runs), user=rights.user)


def write_address(arguments: Mapping[str, str | None]) -> None:
    """Put arguments into the address without loading the page again; None takes one away."""
    location = pn.state.location
    if location is not None:
        location.search = changed_query(location.search or "", arguments)


def framed_views(
    shared: Workspace,
    query: dict[str, str],
    shell: Shell,
    rights: Rights,
    wanted: Framing,
    origins: Sequence[str],
) -> Any:
    """The views that ``?view=NAME,NAME`` serves, for a frame in a page of one of these origins."""
    parts = FramedParts(shared, query, wanted, study_of=study_state, runs_of=runs_state, rights=rights)
    known = parts.builders()
    builds = [known.get(name, partial(frame.unknown_view, name, list(known))) for name in wanted.views]
    host = HostPage(theme=wanted.theme, origins=list(origins))
    return frame.single_view(shell, *builds, host=host, companions=parts.companions)


def build_app() -> Any:
    """The app of one session: all pages, or the single view that ``?view=`` names."""
    arguments = pn.state.session_args
    query = {name: first_argument(arguments, name) for name in arguments}
    shell = Shell(dark=query.get("theme") == "dark")
    if query.get("page") in PAGES:
        shell.page = query["page"]
    try:
        reached = load_server_settings()
        load_from_own_address(reached.origins)
        shared = workspace(load_settings())
        rights = session_rights(load_sign_in_settings())
    except EnergyVisError as error:
        return frame.single_view(shell, partial(frame.failed, error))
    if (wanted := framing(query)).views:
        return framed_views(shared, query, shell, rights, wanted, reached.embed_origins)
    return pages(shared, query, shell, rights)


# Bokeh looks for similar names at each attribute that Panel finds missing: 3 ms of every redraw.
bokeh_settings.perform_error_diagnostics = False
mend_pages()
pn.extension("tabulator", raw_css=[theme.PAGE_CSS], notifications=False)
hv.extension("bokeh", logo=False)
if pn.state.served:
    # A frame writes no address: each step would become one of the host page's own history.
    is_framed = bool(framing({"view": first_argument(pn.state.session_args, "view")}).views)
    build_app().servable(title="EnergyVis", location=not is_framed)
