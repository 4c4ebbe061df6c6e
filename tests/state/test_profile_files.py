"""Files of a session: what was read goes on the strip with its report, what was refused is said."""

import pytest

from energyvis_panel.data.importers.recognise import read_import
from energyvis_panel.data.profile_export import export_profile
from energyvis_panel.data.profile_json import profile_to_json
from energyvis_panel.domain.imported_profile import ImportedProfile
from energyvis_panel.domain.profile import EnergyProfile
from energyvis_panel.domain.run_summary import RunSummary
from energyvis_panel.state.profile_files import ProfileFiles
from energyvis_panel.state.study import Study
from tests.profiles_fixture import REFERENCES, small_profile


class OneExample:
    """A single preloaded profile."""

    def preloaded(self) -> tuple[EnergyProfile, ...]:
        return (small_profile("one"),)

    def runs(self) -> tuple[RunSummary, ...]:
        return ()

    def from_run(self, run_id: str) -> EnergyProfile:
        raise AssertionError(run_id)


@pytest.fixture
def files() -> ProfileFiles:
    return ProfileFiles(Study(OneExample(), REFERENCES), read_import, export_profile)


def take(files: ProfileFiles, content: bytes, name: str) -> None:
    files.add(files.read(content, name), name)


def origins(files: ProfileFiles) -> list[tuple[str, str]]:
    return [(entry.name, entry.origin) for entry in files.study.entries]


ROWS = (
    "id,project_name,duration(s),power_consumption(kWh)",
    "1,first,10,0.001",
    "2,second,10,0.002",
    "3,third,10,0.003",
)
ECO2AI = "\n".join(ROWS).encode()


def test_every_profile_of_a_file_is_put_on_the_strip_and_the_first_is_selected(files: ProfileFiles) -> None:
    take(files, ECO2AI, "emission.csv")
    assert origins(files) == [
        ("One", "example"),
        ("first", "imported"),
        ("second", "imported"),
        ("third", "imported"),
    ]
    assert files.baseline() is not None
    assert files.baseline().name == "first"  # type: ignore[union-attr] # the line before
    assert [report.name for report in files.reports] == ["first", "second", "third"]
    assert files.reports[0].what == "Eco2AI · 1 interval · 1.00 Wh before PUE"
    assert any("PUE" in sentence for sentence in files.reports[0].assumptions)


def test_a_bad_file_is_said_and_changes_nothing(files: ProfileFiles) -> None:
    take(files, b"PK\x03\x04", "x.zip")
    take(files, b"{", "y.json")
    assert [sentence[:5] for sentence in files.refusals] == ["y.jso", "x.zip"]
    assert origins(files) == [("One", "example")]
    assert files.reports == []


def test_a_file_imported_again_is_reported_once(files: ProfileFiles) -> None:
    content = profile_to_json(small_profile("mine")).encode()
    take(files, content, "mine.json")
    take(files, content, "mine.json")
    assert len(files.reports) == 1
    assert origins(files) == [("One", "example"), ("Mine", "imported")]


def test_an_imported_profile_can_be_taken_off_again(files: ProfileFiles) -> None:
    take(files, ECO2AI, "emission.csv")
    files.remove(files.reports[0].profile_id)
    assert [name for name, _ in origins(files)] == ["One", "second", "third"]
    assert [report.name for report in files.reports] == ["second", "third"]
    files.remove("one")
    assert origins(files)[0] == ("One", "example")


def test_only_what_was_imported_can_be_taken_off(files: ProfileFiles) -> None:
    followed = files.study.put(small_profile("followed"), "live", live=True)
    files.remove(followed)
    assert ("Followed", "live") in origins(files)


def test_closing_puts_the_reports_away_and_keeps_the_profiles(files: ProfileFiles) -> None:
    take(files, ECO2AI, "emission.csv")
    take(files, b"{", "y.json")
    files.close()
    assert (files.reports, files.refusals) == ([], [])
    assert len(origins(files)) == 4


def test_exports_are_the_baseline_or_a_sentence(files: ProfileFiles) -> None:
    profile = files.baseline()
    assert profile is not None
    made = files.export(profile, "csv")
    assert not isinstance(made, str)
    assert made[0] == "One.csv"
    assert files.export(profile, "xlsx") == "There is no format 'xlsx'. Choose one of the menu."


def test_a_fault_of_the_program_is_logged_and_said(
    files: ProfileFiles, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(content: bytes, filename: str) -> tuple[ImportedProfile, ...]:
        raise RuntimeError(f"{filename} {len(content)}")

    broken_files = ProfileFiles(files.study, broken, export_profile)
    take(broken_files, b"x", "x.csv")
    assert "x.csv could not be read because of a fault" in broken_files.refusals[0]
    assert "RuntimeError" in caplog.text
