"""Settings of the sign-in: what is taken and what is refused."""

from pathlib import Path

import pytest

from energyvis_panel.errors import SettingsError
from energyvis_panel.sign_in_settings import OAuth, SignInSettings, load_sign_in_settings
from energyvis_panel.state.rights import EDITOR, rights_of

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - signs the cookies of a test
BASIC = {"ENERGYVIS_BASIC_AUTH": "/etc/energyvis/users.json", "ENERGYVIS_COOKIE_SECRET": SECRET}
GENERIC = {
    "ENERGYVIS_OAUTH_PROVIDER": "generic",
    "ENERGYVIS_OAUTH_KEY": "panel",
    "ENERGYVIS_OAUTH_SECRET": "hush",
    "ENERGYVIS_OAUTH_AUTHORIZE_URL": "https://id.lab.example/authorize",
    "ENERGYVIS_OAUTH_TOKEN_URL": "https://id.lab.example/token",
    "ENERGYVIS_COOKIE_SECRET": SECRET,
}


def without(variables: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name not in names}


def test_nothing_set_is_no_sign_in() -> None:
    settings = load_sign_in_settings({})
    assert settings == SignInSettings()
    assert not settings.is_needed


def test_a_file_of_users_is_named() -> None:
    settings = load_sign_in_settings(BASIC | {"ENERGYVIS_EDITORS": " ada, bob ,", "ENERGYVIS_CONTACT": "Ada"})
    assert settings.users_file == Path("/etc/energyvis/users.json")
    assert settings.editors == {"ada", "bob"}
    assert (settings.days, settings.contact) == (1.0, "Ada")


def test_a_provider_is_described() -> None:
    more = {
        "ENERGYVIS_OAUTH_USER_KEY": "sub",
        "ENERGYVIS_OAUTH_SCOPE": "openid groups",
        "ENERGYVIS_OAUTH_REDIRECT_URI": "https://energy.lab.example/login",
    }
    assert load_sign_in_settings(GENERIC | more).oauth == OAuth(
        provider="generic",
        key="panel",
        secret="hush",  # noqa: S106 - of a test
        redirect_uri="https://energy.lab.example/login",
        extra={
            "AUTHORIZE_URL": "https://id.lab.example/authorize",
            "TOKEN_URL": "https://id.lab.example/token",
            "USER_KEY": "sub",
        },
        scope=("openid", "groups"),
    )


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        (BASIC | GENERIC, "Leave one of them out"),
        ({"ENERGYVIS_EDITORS": "ada"}, "ENERGYVIS_EDITORS names people, but nobody can sign in"),
        ({"ENERGYVIS_VIEWERS": "ada"}, "ENERGYVIS_VIEWERS names people, but nobody can sign in"),
        (without(BASIC, "ENERGYVIS_COOKIE_SECRET"), "ENERGYVIS_COOKIE_SECRET is missing"),
        (BASIC | {"ENERGYVIS_COOKIE_SECRET": "short"}, "ENERGYVIS_COOKIE_SECRET is too short"),
        (BASIC | {"ENERGYVIS_SIGN_IN_DAYS": "forever"}, "ENERGYVIS_SIGN_IN_DAYS is 'forever'"),
        (BASIC | {"ENERGYVIS_SIGN_IN_DAYS": "nan"}, "ENERGYVIS_SIGN_IN_DAYS is 'nan'"),
        (BASIC | {"ENERGYVIS_SIGN_IN_DAYS": "0"}, "above 0, at most 31"),
        (GENERIC | {"ENERGYVIS_OAUTH_PROVIDER": "facebook"}, "Name one of auth0, azure"),
        (without(GENERIC, "ENERGYVIS_OAUTH_SECRET"), "ENERGYVIS_OAUTH_SECRET must be set"),
        (without(GENERIC, "ENERGYVIS_OAUTH_TOKEN_URL"), "ENERGYVIS_OAUTH_TOKEN_URL must be set"),
        (GENERIC | {"ENERGYVIS_OAUTH_TOKEN_URL": "http://id.lab.example/token"}, "begins with https://"),
        (GENERIC | {"ENERGYVIS_OAUTH_REDIRECT_URI": "javascript:alert(1)"}, "begins with https://"),
        (GENERIC | {"ENERGYVIS_OAUTH_USER_URL": "https://[half"}, "begins with https://"),
        (GENERIC | {"ENERGYVIS_OAUTH_PROVIDER": "github"}, "Name who may come in in ENERGYVIS_VIEWERS"),
        (GENERIC | {"ENERGYVIS_OAUTH_PROVIDER": "okta"}, "ENERGYVIS_OAUTH_HOST must be set"),
    ],
)
def test_what_does_not_go_together_is_refused(variables: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_sign_in_settings(variables)
    assert says in str(refused.value)
    assert "hush" not in str(refused.value)


def test_plain_http_is_for_this_machine_alone() -> None:
    url = "http://127.0.0.1:8080/token"
    settings = load_sign_in_settings(GENERIC | {"ENERGYVIS_OAUTH_TOKEN_URL": url})
    assert settings.oauth is not None
    assert settings.oauth.extra["TOKEN_URL"] == url


def test_no_secret_is_shown_by_accident() -> None:
    shown = repr(load_sign_in_settings(GENERIC))
    assert "hush" not in shown
    assert SECRET not in shown


@pytest.mark.parametrize(
    ("viewers", "user", "may"),
    [
        ("", "anyone", True),
        ("*", "anyone", True),
        ("bob", "bob", True),
        ("bob", "ada", True),  # an editor
        ("bob", "eve", False),
        ("@lab.example", "eve@lab.example", True),
        ("@lab.example", "eve@evil.example", False),
        ("@lab.example", "eve@lab.example.evil.example", False),
        ("@lab.example", "eve@sub.lab.example", False),
        ("@lab.example", "lab.example", False),
        ("@", "eve", False),
    ],
)
def test_who_may_come_in(viewers: str, user: str, may: bool) -> None:
    settings = load_sign_in_settings(BASIC | {"ENERGYVIS_EDITORS": "ada", "ENERGYVIS_VIEWERS": viewers})
    assert settings.may_enter(user) is may


def test_who_is_not_named_only_looks() -> None:
    settings = load_sign_in_settings(BASIC | {"ENERGYVIS_EDITORS": "ada", "ENERGYVIS_CONTACT": "Ada (4711)"})
    ada, bob, nobody = (rights_of(user, settings) for user in ("ada", "bob", None))
    assert (ada.user, ada.may_import, ada.may_control, ada.why_not) == ("ada", True, True, "")
    for rights in (bob, nobody):
        assert (rights.may_import, rights.may_control) == (False, False)
        assert rights.why_not.endswith("Ask Ada (4711).")
    assert nobody.user == ""


def test_a_star_makes_everybody_an_editor_who_has_signed_in() -> None:
    settings = load_sign_in_settings(BASIC | {"ENERGYVIS_EDITORS": "*"})
    assert rights_of("bob", settings).may_import
    assert not rights_of(None, settings).may_import


def test_without_a_sign_in_everybody_is_an_editor() -> None:
    assert rights_of(None, load_sign_in_settings({})) is EDITOR
