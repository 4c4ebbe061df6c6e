import holoviews as hv
import panel_material_ui as pmui
import pytest

from energyvis_panel.state.accuracy import AccuracyState
from energyvis_panel.state.study import Study
from energyvis_panel.views import theme
from energyvis_panel.views.study.accuracy.accuracy_chart import AccuracyChart
from energyvis_panel.views.study.accuracy.accuracy_lines import (
    accuracy_chart,
    goal_path,
    line_labels,
    marks,
    paths,
)
from energyvis_panel.views.study.accuracy.accuracy_rows import AccuracyRows, accuracy_rows, answer_text
from tests.metrics_fixture import learning_profile
from tests.state.test_accuracy import EFFICIENT, RESNET, studied


def rows_of(study: Study) -> AccuracyRows:
    rows = accuracy_rows(AccuracyState(study))
    assert rows is not None
    return rows


def test_axes_name_quantity_metric_and_unit() -> None:
    figure = hv.render(accuracy_chart(rows_of(studied(RESNET))))
    assert figure.xaxis[0].axis_label == "cumulative energy at the site, kWh"
    assert figure.yaxis[0].axis_label == "val_acc, %"
    study = studied(RESNET)
    study.measure, study.pounds = "carbon", True
    assert rows_of(study).x_label == "cumulative emissions at the site, lb CO₂e"


def test_lines_are_the_metric_over_kilowatt_hours_baseline_solid_alternative_dashed_orange() -> None:
    baseline, other = paths(rows_of(studied(RESNET, EFFICIENT)))
    assert baseline["amount"] == pytest.approx([2, 4, 6, 8])
    assert baseline["value"] == pytest.approx([40, 60, 70, 75])
    assert (baseline["color"], baseline["dash"]) == (theme.BASELINE, "solid")
    assert (other["color"], other["dash"]) == (theme.ALTERNATIVE, "dashed")
    assert line_labels(rows_of(studied(RESNET, EFFICIENT)))["text"] == ["ResNet", "A"]
    assert line_labels(rows_of(studied(RESNET)))["text"] == []


def test_marks_carry_epoch_and_label_for_the_pointer() -> None:
    found = marks(rows_of(studied(RESNET, EFFICIENT)))
    assert found["epoch"] == [1, 2, 3, 4, 1, 2, 3, 4, 5]
    assert found["label"][0] == "ResNet"
    assert set(found["fill"]) == {1.0}
    glyphs = hv.render(accuracy_chart(rows_of(studied(RESNET)))).renderers
    assert any("epoch" in glyph.data_source.data for glyph in glyphs)


def test_the_goal_lies_across_the_chart() -> None:
    rows = rows_of(studied(RESNET, EFFICIENT))
    (path,) = goal_path(rows)
    assert path["value"] == pytest.approx([75, 75])
    assert rows.bottom < 40
    assert rows.top > 77.5
    state = AccuracyState(studied(RESNET, EFFICIENT))
    state.set_goal("95")
    higher = accuracy_rows(state)
    assert higher is not None
    assert higher.top > 95


def test_the_sentence_says_what_each_took_to_reach_the_goal() -> None:
    text = answer_text(AccuracyState(studied(RESNET, EFFICIENT)))
    assert text == (
        "To reach val_acc 75.0 %: ResNet 8.00 kWh (epoch 4); A: EfficientNet 4.00 kWh (epoch 4, 50 % less)."
    )


def test_the_sentence_says_who_does_not_reach_it_or_lacks_the_metric() -> None:
    state = AccuracyState(studied(RESNET, EFFICIENT))
    state.set_goal("76")
    assert "ResNet does not reach it, its best is 75.0 %; A: EfficientNet 5.00 kWh (epoch 5)" in answer_text(
        state
    )
    study = studied(RESNET)
    study.toggle_compared("two")
    assert "A: Two carries no val_acc" in answer_text(AccuracyState(study))


def test_without_metrics_or_amounts_there_is_a_sentence_and_an_empty_chart() -> None:
    study = studied(RESNET)
    study.select("one")
    state = AccuracyState(study)
    assert accuracy_rows(state) is None
    assert "No profile on show carries a metric" in answer_text(state)
    hv.render(accuracy_chart(None))
    nowhere = studied(RESNET)
    nowhere.measure = "cost"
    nowhere.references = type(nowhere.references)()
    nowhere.choose_region("")
    nowhere._recompute()
    assert "cost of electricity of these profiles is not known here" in answer_text(AccuracyState(nowhere))


def test_the_card_follows_the_study() -> None:
    study = studied(RESNET)
    view = AccuracyChart(study)
    view.__panel__()
    study.put(EFFICIENT, "imported", select=False)
    study.toggle_compared("efficientnet")
    assert len(view._pipe.data.lines) == 2
    assert view._labels.data["text"] == ["ResNet", "A"]


def test_what_the_view_writes_into_the_field_of_the_goal_is_no_goal_of_the_users_own() -> None:
    study = studied(RESNET)
    view = AccuracyChart(study)
    (goal,) = view._controls().select(pmui.TextInput)
    for best in (0.7, 0.6):
        study.toggle_compared(study.put(learning_profile("Slow", 4, 3.6e6, best), "imported", select=False))
    assert goal.value == view.state.goal_text == "56"
    goal.value = "50"
    assert view.state.goal == pytest.approx(0.5)
