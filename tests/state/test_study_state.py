from collections.abc import Sequence

import pytest

from energyvis_panel.domain.edits import Edits
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.errors import ProfileError
from energyvis_panel.state.study import Study
from tests.profiles_fixture import REFERENCES, small_profile


class CannedProfiles:
    """Two preloaded profiles and one run that grows by an epoch each time it is read."""

    def __init__(self) -> None:
        self.run_epochs = 2
        self.run_state = "running"

    def preloaded(self) -> Sequence[EnergyProfile]:
        return (small_profile("one"), small_profile("two", epochs=8))

    def runs(self) -> Sequence[RunSummary]:
        return (RunSummary("run", "My run", self.run_state, f"{self.run_epochs} epochs"),)

    def from_run(self, run_id: str) -> EnergyProfile:
        if run_id != "run":
            raise ProfileError(f"There is no run {run_id!r}.")
        return small_profile("run", epochs=self.run_epochs)


@pytest.fixture
def store() -> CannedProfiles:
    return CannedProfiles()


@pytest.fixture
def study(store: CannedProfiles) -> Study:
    return Study(store, REFERENCES)


def chosen(study: Study) -> tuple[str, tuple[str, ...], str | None, float | None]:
    assert study.choice is not None
    return (
        study.choice.baseline_id,
        study.choice.compared_ids,
        study.choice.edits.region_id,
        study.choice.edits.pue,
    )


def test_it_starts_with_the_first_example_as_measured(study: Study) -> None:
    assert chosen(study) == ("one", (), None, None)
    assert [entry.profile_id for entry in study.entries] == ["one", "two", "run"]
    assert study.entries[2].live


def test_choosing_a_region_again_releases_it(study: Study) -> None:
    study.choose_region("US-WY")
    assert chosen(study)[2] == "US-WY"
    study.choose_region("US-WY")
    assert chosen(study)[2] is None


def test_every_step_can_be_undone_and_done_again(study: Study) -> None:
    study.choose_region("US-WY")
    study.set_pue(1.1)
    study.toggle_compared("two")
    for _ in range(3):
        study.undo()
    assert chosen(study) == ("one", (), None, None)
    assert not study.can_undo()
    for _ in range(3):
        study.redo()
    assert chosen(study) == ("one", ("two",), "US-WY", 1.1)
    assert study.comparison is not None
    assert len(study.comparison.alternatives) == 2


def test_a_new_step_forgets_what_was_undone(study: Study) -> None:
    study.set_pue(1.1)
    study.undo()
    study.set_pue(1.3)
    assert not study.can_redo()


def test_reset_drops_alternatives_and_can_be_undone(study: Study) -> None:
    study.choose_region("FR")
    study.toggle_compared("two")
    study.reset()
    assert chosen(study) == ("one", (), None, None)
    study.undo()
    assert chosen(study) == ("one", ("two",), "FR", None)


@pytest.mark.parametrize("pue", [0.9, 10.5, float("nan"), float("inf")])
def test_a_pue_out_of_range_is_refused_in_a_sentence(study: Study, pue: float) -> None:
    study.set_pue(pue)
    assert chosen(study)[3] is None
    assert "1 to 10" in study.notice


def test_previewing_leaves_the_kept_comparison_alone(study: Study) -> None:
    kept = study.comparison
    study.preview_id = "US-WY"
    assert study.preview is not None
    assert study.preview.alternatives[0].label == "in Wyoming"
    assert study.comparison is kept
    study.preview_id = ""
    assert study.preview is None


def test_previewing_a_region_without_data_shows_nothing(study: Study) -> None:
    study.preview_id = "US-XX"
    assert study.preview is None


def test_the_baseline_is_not_compared_with_itself(study: Study) -> None:
    study.toggle_compared("one")
    assert chosen(study)[1] == ()
    assert "baseline already" in study.notice


def test_selecting_the_compared_profile_swaps_nothing_silently(study: Study) -> None:
    study.toggle_compared("two")
    study.select("two")
    assert chosen(study)[:2] == ("two", ())


def test_a_profile_that_is_put_is_selected_and_can_be_dropped(study: Study) -> None:
    profile_id = study.put(small_profile("mine"), "imported")
    assert chosen(study)[0] == profile_id == "mine"
    assert [entry.profile_id for entry in study.entries] == ["one", "two", "mine", "run"]
    study.drop("mine")
    assert chosen(study)[0] == "one"
    assert [entry.profile_id for entry in study.entries] == ["one", "two", "run"]
    while study.can_undo():
        study.undo()
    assert chosen(study)[0] == "one"


def test_the_same_profile_twice_is_one_and_another_of_that_id_is_kept_beside_it(study: Study) -> None:
    assert study.put(small_profile("mine"), "imported") == "mine"
    assert study.put(small_profile("mine"), "imported") == "mine"
    assert study.put(small_profile("mine", epochs=9), "imported") == "mine+"
    assert len([entry for entry in study.entries if entry.origin == "imported"]) == 2


def test_a_profile_followed_live_grows_in_place(study: Study) -> None:
    study.put(small_profile("job", epochs=2), "live", live=True)
    study.put(small_profile("job", epochs=3), "live", live=True)
    assert study.comparison is not None
    assert len(study.comparison.baseline.projection.epochs) == 3
    (entry,) = [entry for entry in study.entries if entry.origin == "live"]
    assert entry.live
    study.put(small_profile("job", epochs=4), "live")
    assert not next(entry for entry in study.entries if entry.origin == "live").live


def test_the_edits_of_a_machine_end_with_its_profile_and_those_of_the_site_stay(study: Study) -> None:
    study.edit(region_id="US-WY", epoch_s=50.0)
    study.select("two")
    assert study.choice is not None
    assert study.choice.edits == Edits(region_id="US-WY")


def test_an_own_intensity_gives_way_to_a_chosen_region(study: Study) -> None:
    study.edit(g_per_kwh=12.0)
    study.choose_region("US-WY")
    assert study.choice is not None
    assert study.choice.edits == Edits(region_id="US-WY")


def test_a_live_run_grows_when_the_lake_is_read_again(study: Study, store: CannedProfiles) -> None:
    study.select("run")
    store.run_epochs = 5
    study.show_runs(store.runs())
    assert study.comparison is not None
    assert len(study.comparison.baseline.projection.epochs) == 5
    store.run_state, store.run_epochs = "finished", 6
    study.show_runs(store.runs())
    assert len(study.comparison.baseline.projection.epochs) == 6
    assert not study.entries[2].live


def test_a_run_that_did_not_change_is_not_read_again(study: Study, store: CannedProfiles) -> None:
    study.select("run")
    before = study.comparison
    study.show_runs(store.runs())
    assert study.comparison is before


def test_an_old_run_on_show_stays_on_the_strip(study: Study, store: CannedProfiles) -> None:
    study.select("run")
    newer = [RunSummary(f"new-{n}", "New", "finished", "") for n in range(20)]
    study.show_runs([*newer, *store.runs()])
    shown = [entry.profile_id for entry in study.entries]
    assert "run" in shown
    assert len(shown) == 2 + 12 + 1


def test_a_run_that_cannot_be_read_is_named_and_the_old_choice_stays(study: Study) -> None:
    study.select("gone")
    assert chosen(study)[0] == "one"
    assert "'gone'" in study.notice


def test_undo_never_returns_to_a_profile_that_was_dropped(study: Study) -> None:
    study.put(small_profile("mine"), "imported")
    study.select("two")
    study.drop("mine")
    assert chosen(study)[0] == "two"
    while study.can_undo():
        study.undo()
        assert chosen(study)[0] != "mine"
