"""The lab's runs in a real browser: the switch, the lake read again, and runs marked among BUTTER-E's."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import panel as pn
import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.data.gateway import Gateway
from energyvis_panel.data.lab_runs import LabRuns
from energyvis_panel.data.lake import Lake
from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.explore.lab.lab_exploration import lab_exploration
from energyvis_panel.state.explore.lab.own_runs import offer_own_runs
from energyvis_panel.views.explore.selection.rail import Rail
from energyvis_panel.views.tuned_figures import TunedFigures
from tests.lake_fixture import LakeWriter
from tests.ui.waiting import wait_until

pytestmark = pytest.mark.ui
OTHER = "01JBQ0000000000000000000AB"


@pytest.fixture
def writer(tmp_path: Path) -> LakeWriter:
    return LakeWriter(tmp_path / "lake")


@pytest.fixture
def show(page: Page, butter_e: Gateway, writer: LakeWriter) -> Iterator[Callable[..., list[Any]]]:
    """Open the rail and one view over chosen data; the list gets what is served."""
    from energyvis_panel.views.explore.frontier.runtime_energy import RuntimeEnergy  # noqa: PLC0415 - brings numba; only with --ui
    from energyvis_panel.views.explore.redraw import redraw_latest  # noqa: PLC0415 - likewise
    from energyvis_panel.views.explore.sources import ExploreSources  # noqa: PLC0415 - likewise

    with Gateway(threads=1) as gateway:
        lab = LabRuns(Lake(gateway, writer.path), threads=1)

        def butter_e_runs() -> Exploration:
            state = Exploration(butter_e)
            offer_own_runs(state, lab)
            return state

        def built(state: Exploration) -> Any:
            redraw_latest(state)
            return pn.Row(
                pn.Column(Rail(state), width=300), RuntimeEnergy(state), sizing_mode="stretch_width"
            )

        def shown(**params: Any) -> list[Any]:
            served: list[Any] = []

            def build() -> Any:
                openers = {"butter-e": butter_e_runs, "lab": lambda: lab_exploration(lab)}
                served[:] = [ExploreSources(openers, built, **params)]
                return pn.Column(TunedFigures(), served[0], sizing_mode="stretch_width")

            page.set_viewport_size({"width": 1300, "height": 900})
            serve_component(page, build)
            page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle")
            return served

        yield shown


def test_the_switch_is_worked_by_keyboard_and_the_lake_read_again(
    page: Page, show: Callable[..., list[Any]], writer: LakeWriter, errors: list[str]
) -> None:
    writer.plain_run()
    served = show(link="dataset:mnist;hardware:GPU node")
    lab = page.get_by_role("radio", name="The lab's own runs")
    page.get_by_role("radio", name="BUTTER-E").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("1 of 1 runs", exact=True)).to_be_visible()
    expect(lab).to_be_checked()
    expect(lab).to_be_focused()
    expect(page.get_by_text("before: Data set: mnist. It was dropped.")).to_be_visible()
    expect(page.get_by_text("There is only one run, 1 min 00 s at 2.33 Wh")).to_be_visible()
    expect(page.locator(".bk-Figure")).to_have_count(1)
    again = page.get_by_role("button", name="Read the lake again")
    again.click()
    expect(page.get_by_text("The lake holds what it held before.")).to_be_visible()
    writer.plain_run(OTHER, name="other")
    again.click()
    expect(page.get_by_text("2 of 2 runs", exact=True)).to_be_visible()
    # A brush is answered over the runs that are shown now.
    page.get_by_role("button", name="Remove brush: Hardware: GPU node").click()
    wait_until(lambda: not served[0].state.brushes, page)
    page.get_by_role("radio", name="BUTTER-E").check(force=True)
    expect(page.get_by_text("63,527 of 63,527 runs", exact=True)).to_be_visible()
    assert errors == []


def test_an_empty_lake_says_the_next_step(
    page: Page, show: Callable[..., list[Any]], writer: LakeWriter, errors: list[str]
) -> None:
    show(source="lab")
    expect(page.get_by_role("alert")).to_contain_text("energyvis-track run -- python train.py")
    writer.plain_run()
    page.get_by_role("button", name="Read the lake again").click()
    expect(page.get_by_text("1 of 1 runs", exact=True)).to_be_visible()
    assert errors == []


def test_a_run_is_found_ticked_and_marked_by_keyboard(
    page: Page, show: Callable[..., list[Any]], writer: LakeWriter, errors: list[str]
) -> None:
    writer.plain_run(name="resnet")
    writer.plain_run(OTHER, name="gone wrong", state="failed")
    show()
    fold = page.get_by_text("Mark runs of yours")
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("resnet: 2.33 Wh, 1 min 00 s, measured")).to_be_visible()
    page.get_by_text("1 cannot be compared").click()
    expect(page.get_by_text("gone wrong: it ended with an error, or was lost")).to_be_visible()
    page.get_by_label("Search the lab's runs").fill("nobody")
    expect(page.get_by_text("No run that can be compared matches.")).to_be_visible()
    page.get_by_label("Search the lab's runs").fill("res")
    box = page.get_by_role("checkbox", name="resnet")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(page.get_by_text("Mark runs of yours: 1 marked")).to_be_visible()
    in_browser = """() => {
      const text = [...Bokeh.documents[0].all_models].find(
        (model) => model.type === 'Text' && model.text_color.value !== undefined && model.padding === 1);
      const source = [...Bokeh.documents[0].all_models].find(
        (model) => model.type === 'GlyphRenderer' && model.glyph === text).data_source;
      return [text.text.field, source.data.text[0], text.background_fill_color.value];
    }"""
    # Its mark is drawn, on the ground of the page, with room for the whole label.
    wait_until(lambda: page.evaluate(in_browser)[1].startswith("your run resnet: 2.33 Wh"), page)
    wait_until(lambda: page.evaluate(in_browser)[0] == "text", page)
    page.set_viewport_size({"width": 700, "height": 900})
    wait_until(lambda: page.evaluate(in_browser)[0] == "name", page)
    assert errors == []
