"""The view of depth in a real browser: hover and clicks in panels, choice by keyboard, a narrow window."""

from typing import Any

import pytest
from panel.tests.util import serve_component
from playwright.sync_api import Page, expect

from energyvis_panel.state.explore.exploration import Exploration
from energyvis_panel.state.shell import Shell
from tests.ui.waiting import DOUBLE_CLICK_MS, double_click, pointed_at, wait_until

pytestmark = pytest.mark.ui

MODEL = "Bokeh.documents[0].get_model_by_name('figure-depth')"


def opened(page: Page, state: Exploration) -> list[Any]:
    """The view alone in its page, idle: what is done before that is lost; the list gets the view."""
    from energyvis_panel.views.explore.depth.depth import Depth  # noqa: PLC0415 - brings numba; only with --ui
    from energyvis_panel.views.explore.redraw import redraw_latest  # noqa: PLC0415 - likewise
    from energyvis_panel.views.frame import single_view  # noqa: PLC0415 - likewise

    views: list[Any] = []

    def build() -> Any:
        redraw_latest(state)
        views[:] = [Depth(state)]
        return views[-1]

    page.set_viewport_size({"width": 1100, "height": 900})
    serve_component(page, lambda: single_view(Shell(), build))
    expect(page.locator(".bk-Figure")).to_be_visible()
    page.wait_for_function("Bokeh.documents[0].is_idle")
    return views


def place(page: Page, view: Any, panel: int, across: float, up: float) -> tuple[float, float]:
    """Where a place of a panel lies on the screen, by the layout that the browser has told the server."""
    box: Any = page.locator(".bk-Figure .bk-Canvas").bounding_box()
    of_x, of_y = ({name: one[0] for name, one in dict(of.data).items()}
                  for of in (view.drawn.grid.across, view.drawn.grid.up))  # fmt: skip
    columns = of_x["columns"]
    x = of_x["first"] + panel % columns * of_x["pitch"] + across * of_x["box"]
    y = of_y["first"] + panel // columns * of_y["pitch"] + (1 - up) * of_y["box"]
    return box["x"] + x, box["y"] + y


def dot(view: Any, dataset: str, depth: int, *, gpu: bool) -> tuple[int, float, float]:
    """Panel and place of a dot."""
    curve = view.curves[dataset, gpu]
    energy_mj = curve.energies_mj[list(curve.depths).index(depth)]
    panel = view.panels.datasets.index(dataset)
    return panel, view.panels.across(depth), energy_mj / view.drawn.scale.top_mj


def zeros_px(page: Page) -> list[float]:
    """How far below the top of the figure the zeros of its scale stand."""
    found: list[float] = page.evaluate(
        f"""() => {{
          const text = {MODEL}.renderers.find((one) => one.data_source.name === 'depth-numbers');
          const {{y, text: said}} = text.data_source.data;
          const places = text.glyph.y.transform.v_compute(Float64Array.from(y));
          return Array.from(places).filter((_place, at) => said[at] === '0').map((place) => -place);
        }}"""
    )
    return found


def columns_told(view: Any) -> int:
    return int(view.drawn.grid.across.data["columns"][0])


def test_a_dot_is_said_and_looked_at_on_a_wide_and_a_narrow_page(
    page: Page, state: Exploration, complaints: list[str]
) -> None:
    (view,) = opened(page, state)
    for width, columns in ((1100, 5), (390, 2)):
        page.set_viewport_size({"width": width, "height": 900})
        wait_until(lambda columns=columns: columns_told(view) == columns, page)
        rows = -(-13 // columns)
        page.wait_for_function(f"{MODEL}.height > {100 * rows} && {MODEL}.inner_height === {MODEL}.height")
        up = {name: one[0] for name, one in dict(view.drawn.grid.up.data).items()}
        bottoms = [up["first"] + row * up["pitch"] + up["box"] for row in range(7)]
        assert zeros_px(page) == pytest.approx(bottoms)
        assert bottoms[rows - 1] < page.evaluate(f"{MODEL}.inner_height") < bottoms[rows - 1] + up["pitch"]
        tip = pointed_at(page, lambda: place(page, view, *dot(view, "mnist", 9, gpu=True)), "mnist")
        expect(tip).to_contain_text("9 layers")
        expect(tip).to_contain_text(f"{view.curves['mnist', True].energies_mj[7]:.3g} mJ")
        page.mouse.click(*place(page, view, *dot(view, "mnist", 9, gpu=True)))
        wait_until(lambda: state.mark_title == "mnist, 9 layers on a GPU node", page)
        state.look_at(None)
    # A window lower than the figure does not squeeze it.
    page.set_viewport_size({"width": 390, "height": 500})
    page.wait_for_function(f"window.innerHeight === 500 && {MODEL}.inner_height === {MODEL}.height")
    assert page.locator(".bk-Figure").evaluate("(figure) => figure.clientHeight") > 800
    assert complaints == []


def test_a_name_selects_its_data_set(page: Page, state: Exploration, complaints: list[str]) -> None:
    (view,) = opened(page, state)
    wait_until(lambda: columns_told(view) == 5, page)
    seen: list[Any] = []
    state.param.watch(lambda event: seen.append(event.new.sets.get("dataset")), "brushes")
    panel = view.panels.datasets.index("sleep")
    page.mouse.click(*place(page, view, panel, 0.1, 1.06))
    wait_until(lambda: state.brushes.sets == {"dataset": ("sleep",)}, page)
    expect(page.get_by_text("of 63,527 runs, ").first).not_to_contain_text("(63,527 of")
    y = "Array.from(Bokeh.documents[0].get_model_by_name('depth').data.y).filter(Number.isFinite).length"
    wait_until(lambda: page.evaluate(y) == 4 * 14, page)
    # A browser takes a click so soon after one on the same place for the second half of a double click.
    page.wait_for_timeout(DOUBLE_CLICK_MS)
    page.mouse.click(*place(page, view, panel, 0.1, 1.06))
    wait_until(lambda: page.evaluate(y) == 13 * 2 * 14, page)
    double_click(page, *place(page, view, panel, 0.1, 1.06))
    wait_until(lambda: seen == [("sleep",), None, ("sleep",)], page)
    assert complaints == []


def test_the_choice_works_by_keyboard(page: Page, state: Exploration, complaints: list[str]) -> None:
    opened(page, state)
    page.get_by_role("radio", name="Same networks").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Runs as they are")).to_be_checked()
    expect(page.get_by_text("From 7.3 layers on CPU nodes")).to_be_visible()
    expect(page.get_by_role("img", name="From which depth on does energy grow")).to_be_visible()
    assert complaints == []
