"""The parts of a page are found as Bokeh finds them: those set, those made by default, and no others."""

import importlib.util
from collections.abc import Callable
from typing import Any

import pytest
from bokeh.core.properties import Instance, InstanceDefault, List, Nullable
from bokeh.document import Document
from bokeh.model import Model
from bokeh.model import util as collecting
from bokeh.models.ranges import Range1d
from bokeh.plotting import figure
from bokeh.themes import Theme

from energyvis_panel.data.chip_search import search_chips
from energyvis_panel.views.quick_references import find_references_quickly, visit_references
from energyvis_panel.views.study.chart.consumption_chart import ConsumptionChart
from energyvis_panel.views.study.estimate.estimate_form import EstimateForm
from tests.hardware_fixture import machine_study

Visit = Callable[[object, Callable[[Model], None]], None]


class Holder(Model):
    """A part with each kind of default that may name others."""

    made = Nullable(Instance(Range1d), default=InstanceDefault(Range1d, start=3))  # type: ignore[misc]
    several = List(Instance(Range1d))
    one = Nullable(Instance(Range1d))
    plain = List(Instance(Range1d), default=[])


@pytest.fixture
def bokehs(monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Bokeh's own function, from a copy of its module that nobody has touched."""
    monkeypatch.setattr(
        collecting, "visit_immediate_value_references", collecting.visit_immediate_value_references
    )
    spec = importlib.util.spec_from_file_location("bokeh.model.untouched", collecting.__file__)
    assert spec is not None
    assert spec.loader is not None
    untouched: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(untouched)
    visit: Visit = untouched.visit_immediate_value_references
    return visit


def named(visit: Visit, value: object) -> list[str]:
    found: list[str] = []
    visit(value, lambda part: found.append(part.id))
    return sorted(found)


def as_bokeh_finds(bokehs: Visit, value: object) -> list[str]:
    """What is named by a value, found by both; ours asked first, so that it finds nothing made by Bokeh's."""
    ours = named(visit_references, value)
    assert ours == named(bokehs, value)
    return ours


def test_what_is_set_is_found_and_what_is_not_set_is_not(bokehs: Visit) -> None:
    one, other = Range1d(), Range1d()
    holder: Any = Holder(one=one, several=[other, one])
    assert as_bokeh_finds(bokehs, holder) == sorted([one.id, one.id, other.id, holder.made.id])
    holder.one = None
    holder.several = []
    assert as_bokeh_finds(bokehs, holder) == [holder.made.id]


def test_a_part_made_by_default_is_the_one_that_the_page_gets(bokehs: Visit) -> None:
    holder: Any = Holder()
    (made,) = as_bokeh_finds(bokehs, holder)
    assert holder.made.id == made
    holder.made = Range1d()
    assert as_bokeh_finds(bokehs, holder) == [holder.made.id] != [made]


def test_what_is_put_into_a_list_that_was_never_set_is_found(bokehs: Visit) -> None:
    holder: Any = Holder(made=None)
    inside = Range1d()
    assert as_bokeh_finds(bokehs, holder) == []
    holder.several.append(inside)
    assert as_bokeh_finds(bokehs, holder) == [inside.id]


def test_under_a_theme_the_same_is_found(bokehs: Visit) -> None:
    document, shown = Document(), figure()
    document.theme = Theme(json={"attrs": {"Plot": {"outline_line_color": "red"}}})
    document.add_root(shown)
    assert len(as_bokeh_finds(bokehs, shown)) > 5


@pytest.mark.parametrize(
    "build",
    [
        lambda: ConsumptionChart(machine_study("gpus")),
        lambda: EstimateForm(machine_study("gpus"), search_chips, opened=True),
    ],
)
def test_of_whole_views_the_same_parts_are_found(
    bokehs: Visit, monkeypatch: pytest.MonkeyPatch, build: Callable[[], Any]
) -> None:
    root = build().__panel__().get_root()
    find_references_quickly()
    ours = {part.id for part in root.references()}
    monkeypatch.setattr(collecting, "visit_immediate_value_references", bokehs)
    assert ours == {part.id for part in root.references()}
    assert len(ours) > 3
