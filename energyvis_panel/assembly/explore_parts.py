"""The Explore page and its views alone: their runs, brushes and circumstances, as an address names them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from energyvis_panel.data.butter_e_origin import butter_e_origin
from energyvis_panel.data.lab_runs import shared_lab_runs
from energyvis_panel.data.workspace import Workspace
from energyvis_panel.state.explore.carbon_cost.circumstances import Circumstances
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.data_choice import BUTTER_E, LAB, DataChoice
from energyvis_panel.state.explore.lab.lab_exploration import lab_exploration
from energyvis_panel.state.explore.lab.own_runs import OwnRuns, offer_own_runs
from energyvis_panel.state.explore.parallel.parallel_axes import ParallelAxes
from energyvis_panel.state.explore.view_choices import ViewChoices
from energyvis_panel.state.study import Study

EXPLORE_VIEWS: Final = (
    "energy-histogram",
    "composition",
    "runtime-energy",
    "parallel-coordinates",
    "overhead",
    "cache-spill",
    "depth",
    "shapes",
    "anomalies",
    "carbon-cost",
    "signatures",
    "leaderboard",
    "comparison",
)
"""Names in ``?view=``, in the order of the story; told here, so that a page without them imports none."""

WriteAddress = Callable[[Mapping[str, str | None]], None]


def explorations(shared: Workspace, query: dict[str, str]) -> dict[str, Callable[[], Exploration]]:
    """Openers of a session's explorations by the name of their runs."""

    def butter_e() -> Exploration:
        state = Exploration(
            shared.with_butter_e(), origin=butter_e_origin(shared.settings), scores=shared.butter_e_scores
        )
        offer_own_runs(state, shared_lab_runs(shared), query.get("own", ""))
        ParallelAxes.of(state).link = query.get("axes", "")
        return state

    def lab() -> Exploration:
        state = lab_exploration(shared_lab_runs(shared))
        ParallelAxes.of(state).link = query.get("axes", "")
        return state

    return {BUTTER_E: butter_e, LAB: lab}


def exploration(shared: Workspace, query: dict[str, str]) -> Exploration:
    """Exploration of one view alone, with the brushes and marks of its address."""
    openers = explorations(shared, query)
    state = openers.get(query.get("data", BUTTER_E), openers[BUTTER_E])()
    state.link = query.get("brushes", "")
    ViewChoices.of(state).link = query.get("views", "")
    if (named := query.get("data") or BUTTER_E) not in openers:
        state.refusal = state.refusal or f"There are no runs {named[:60]!r}. Use {' or '.join(openers)}."
    own = OwnRuns.of(state)
    if own.marked:
        own.show(own.answer())
    return state


def explore_page(shared: Workspace, query: dict[str, str], study: Study, write_address: WriteAddress) -> Any:
    """The Explore page over the runs that the address names, or that are chosen later."""
    from energyvis_panel.views.explore.page import ExplorePage  # noqa: PLC0415 - built when opened
    from energyvis_panel.views.explore.sources import ExploreSources  # noqa: PLC0415 - likewise

    at = {name: query.get(name, "") for name in ("bench", "tour", "views")}
    shown: list[Exploration] = []

    def built(state: Exploration) -> Any:
        if shown:
            Circumstances.of(shown.pop()).leave()
            write_address({"tour": None})
        shown.append(state)
        Circumstances.of(state).follow(study)
        axes, own, choices = ParallelAxes.of(state), OwnRuns.of(state), ViewChoices.of(state)
        choices.link = at["views"]
        state.param.watch(lambda _event: write_address({"brushes": state.link or None}), "link")
        axes.param.watch(lambda _event: write_address({"axes": axes.link or None}), "link")
        choices.param.watch(lambda event: at.update(views=event.new), "link")
        choices.param.watch(lambda event: write_address({"views": event.new or None}), "link")
        own.param.watch(lambda _event: write_address({"own": own.link or None}), "marked")
        trace = None if DataChoice.of(state).is_lab else shared.power_readings
        # The tour that the address names is taken once; workbench and choices go along to other runs.
        page = ExplorePage(state, trace, bench=at["bench"], tour=at.pop("tour", ""))
        page.workbench.param.watch(lambda event: write_address({"bench": event.new or None}), "link")
        page.workbench.param.watch(lambda event: at.update(bench=event.new), "link")
        page.tour.param.watch(lambda event: write_address({"tour": str(event.new or "") or None}), "number")
        return page

    def chosen(source: str, state: Exploration) -> None:
        write_address({"data": None if source == BUTTER_E else source, "brushes": state.link or None})

    return ExploreSources(
        explorations(shared, query),
        built,
        source=query.get("data", BUTTER_E),
        link=query.get("brushes", ""),
        chosen=chosen,
    )


def explore_alone(name: str, state: Exploration, study_of: Callable[[], Study]) -> Any:
    """One view alone over an exploration; what it needs of a study is the study of the address."""
    from energyvis_panel.views.explore.page import VIEW_CLASSES  # noqa: PLC0415 - built when asked for

    if name == "carbon-cost":
        study, at = study_of(), Circumstances.of(state)
        at.follow(study)
        at.refusal = study.notice
    return VIEW_CLASSES[name](state)
