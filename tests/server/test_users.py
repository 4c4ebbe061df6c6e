"""The file of users: what is taken, what is refused, and when it is read again."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from energyvis_panel.errors import SettingsError
from energyvis_panel.server.users import Users, dearest
from tests.sign_in_fixture import HASHES, PASSWORDS, hashed, users_file


def test_a_password_fits_its_own_user_alone(tmp_path: Path) -> None:
    users = Users(users_file(tmp_path))
    assert users.fits("ada", PASSWORDS["ada"])
    assert not users.fits("ada", PASSWORDS["bob"])
    assert not users.fits("ada", "")
    assert not users.fits("eve", PASSWORDS["ada"])
    assert not users.fits("", "")
    assert (users.knows("ada"), users.knows("eve")) == (True, False)


def test_what_htpasswd_writes_is_taken(tmp_path: Path) -> None:
    """It writes 2y where others write 2b; both mean the same."""
    users = Users(users_file(tmp_path, ada=HASHES["ada"].replace("$2b$", "$2y$")))
    assert users.fits("ada", PASSWORDS["ada"])


def test_a_password_longer_than_the_hash_sees_fits_nobody(tmp_path: Path) -> None:
    long = "x" * 72
    users = Users(users_file(tmp_path, ada=hashed(long)))
    assert users.fits("ada", long)
    assert not users.fits("ada", long + "x")
    assert not users.fits("ada", "\ud800")


def test_who_is_unknown_is_checked_against_the_dearest_hash() -> None:
    dear = bcrypt.hashpw(b"x", bcrypt.gensalt(11)).decode("ascii")
    assert dearest({**HASHES, "carol": dear}) == dear


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "names no users"),
        ("{}", "names no users"),
        (json.dumps({"ada": "correct horse"}), "The password of 'ada' in"),
        (json.dumps({"ada": None}), "The password of 'ada' in"),
        (json.dumps({"ada": HASHES["ada"] + "x"}), "is no bcrypt hash"),
        (json.dumps({"ada": "$2b$05$" + HASHES["ada"][7:]}), "guessed too fast"),
        (json.dumps({"": HASHES["ada"]}), "A name has 1 to 200 characters"),
        (json.dumps({"a,b": HASHES["ada"]}), "no comma"),
        (json.dumps({"a\nb": HASHES["ada"]}), "'a\\nb'"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str, says: str) -> None:
    path = users_file(tmp_path)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        Users(path)
    assert says in str(refused.value)
    assert "correct horse" not in str(refused.value)
    assert HASHES["ada"][7:] not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"ENERGYVIS_BASIC_AUTH is .*nowhere.json, which cannot be read"):
        Users(tmp_path / "nowhere.json")


def test_a_file_that_others_may_write_is_refused(tmp_path: Path) -> None:
    path = users_file(tmp_path)
    path.chmod(0o620)
    with pytest.raises(SettingsError, match="Others may write"):
        Users(path)


def test_a_file_that_others_may_read_is_told_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = users_file(tmp_path)
    Users(path)
    assert caplog.text == ""
    path.chmod(0o640)
    Users(path)
    assert "Others may read" in caplog.text


def test_a_change_counts_at_once_and_damage_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    users = Users(users_file(tmp_path))
    replaced(tmp_path, {"carol": hashed("new here")})
    assert users.fits("carol", "new here")
    assert not users.knows("ada")
    replaced(tmp_path, {"carol": "nonsense"})
    assert users.fits("carol", "new here")
    assert "The users are those of before" in caplog.text
    (tmp_path / "users.json").unlink()
    assert users.knows("carol")


def replaced(folder: Path, users: dict[str, Any]) -> None:
    """Write another file in the place of the first, as careful editors do."""
    written = folder / "users.new"
    written.write_text(json.dumps(users), encoding="utf-8")
    written.chmod(0o600)
    os.replace(written, folder / "users.json")  # noqa: PTH105 - it says what it does
