"""Settings of the server are refused with a sentence where they cannot be used."""

import pytest

from energyvis_panel.errors import SettingsError
from energyvis_panel.server_settings import ServerSettings, load_server_settings
from energyvis_panel.settings import load_settings


def test_nothing_set_is_what_the_documents_say() -> None:
    assert load_server_settings({}) == ServerSettings()
    assert load_settings({"HOME": "/"}).question_limit_s == 60
    assert load_settings({"HOME": "/"}).spill_limit == "10GB"


def test_settings_are_read() -> None:
    found = load_server_settings(
        {
            "ENERGYVIS_ORIGINS": "Energy.Lab.example, localhost:8080,",
            "ENERGYVIS_EMBED_ORIGINS": "https://wiki.lab.example/, https://Wiki.lab.example:443 ,http://a:8080",
            "ENERGYVIS_PROXY": "1",
            "ENERGYVIS_GRACE": "2.5",
            "ENERGYVIS_SESSIONS": "7",
            "ENERGYVIS_SESSION_LINGER": "30",
            "ENERGYVIS_MESSAGE_LIMIT": "8MB",
            "ENERGYVIS_LOG": "json",
        }
    )
    assert found == ServerSettings(
        origins=("energy.lab.example", "localhost:8080"),
        embed_origins=("https://wiki.lab.example", "https://wiki.lab.example", "http://a:8080"),
        is_behind_proxy=True,
        grace_s=2.5,
        most_sessions=7,
        linger_s=30,
        message_bytes=8_000_000,
        log="json",
    )
    limits = {"HOME": "/", "ENERGYVIS_QUESTION_LIMIT": "0", "ENERGYVIS_SPILL_LIMIT": "2GB"}
    assert load_settings(limits).question_limit_s is None
    assert load_settings(limits).spill_limit == "2GB"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENERGYVIS_ORIGINS", "https://energy.lab.example"),
        ("ENERGYVIS_ORIGINS", "*"),
        ("ENERGYVIS_EMBED_ORIGINS", "wiki.lab.example"),
        ("ENERGYVIS_EMBED_ORIGINS", "https://wiki.lab.example/page"),
        ("ENERGYVIS_EMBED_ORIGINS", "https://wiki.lab.example; script-src *"),
        ("ENERGYVIS_EMBED_ORIGINS", "https://*"),
        ("ENERGYVIS_EMBED_ORIGINS", "https://host:port"),
        ("ENERGYVIS_EMBED_ORIGINS", "javascript:alert(1)"),
        ("ENERGYVIS_PROXY", "yes"),
        ("ENERGYVIS_GRACE", "soon"),
        ("ENERGYVIS_GRACE", "-1"),
        ("ENERGYVIS_GRACE", "86401"),
        ("ENERGYVIS_SESSIONS", "0"),
        ("ENERGYVIS_SESSIONS", "many"),
        ("ENERGYVIS_SESSION_LINGER", "0"),
        ("ENERGYVIS_MESSAGE_LIMIT", "1MB"),
        ("ENERGYVIS_MESSAGE_LIMIT", "20"),
        ("ENERGYVIS_LOG", "xml"),
    ],
)
def test_unusable_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_server_settings({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENERGYVIS_QUESTION_LIMIT", "soon"),
        ("ENERGYVIS_QUESTION_LIMIT", "inf"),
        ("ENERGYVIS_SPILL_LIMIT", "10"),
    ],
)
def test_unusable_limit_of_questions_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings({"HOME": "/", name: value})
