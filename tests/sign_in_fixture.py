"""A small app that needs a sign-in, served for real, and its users."""

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bcrypt
import panel as pn
import requests
from panel.io.server import serve

from energyvis_panel.server.session_rights import session_rights
from energyvis_panel.server.sign_in import sign_in_options
from energyvis_panel.sign_in_settings import SignInSettings, load_sign_in_settings
from tests.free_port import free_port
from tests.live_fixture import wait_for

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - signs the cookies of a test
PASSWORDS = {"ada": "correct horse", "bob": "battery staple"}
GLOBALS = (
    "cookie_path", "cookie_secret", "oauth_expiry", "oauth_extra_params", "oauth_jwt_user", "oauth_key",
    "oauth_redirect_uri", "oauth_secret",
)  # fmt: skip
"""What Panel's server sets for the whole process."""


def hashed(password: str) -> str:
    """Hash of the least cost that is taken, so that tests are quick."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(10)).decode("ascii")


HASHES = {user: hashed(password) for user, password in PASSWORDS.items()}


def users_file(folder: Path, **users: str) -> Path:
    """File of users, ada and bob by default, that only its owner may read."""
    path = folder / "users.json"
    path.write_text(json.dumps(users or HASHES), encoding="utf-8")
    path.chmod(0o600)
    return path


def password_settings(folder: Path, **more: str) -> SignInSettings:
    """Settings of a sign-in by passwords; ada is an editor."""
    return load_sign_in_settings(password_environment(folder, **more))


def password_environment(folder: Path, **more: str) -> dict[str, str]:
    """Variables of a sign-in by passwords; ada is an editor."""
    return {
        "ENERGYVIS_BASIC_AUTH": str(users_file(folder)),
        "ENERGYVIS_COOKIE_SECRET": SECRET,
        "ENERGYVIS_EDITORS": "ada",
        **more,
    }


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def hang_up(port: int) -> None:
    """End the connections that clients keep, which Panel leaves open when it stops."""
    (server,) = (served for served, *_ in pn.state._servers.values() if served.port == port)
    closing = server._http.close_all_connections()
    asyncio.run_coroutine_threadsafe(closing, server.io_loop.asyncio_loop).result(timeout=10)


@contextmanager
def signed_in_app(settings: SignInSettings, **options: Any) -> Iterator[str]:
    """Address of an app that says what the user of its session may do."""

    def app() -> Any:
        rights = session_rights(settings)
        return pn.pane.Str(f"user={rights.user} imports={rights.may_import}")

    before = {name: getattr(pn.config, f"_{name}") for name in GLOBALS}
    port = free_port()
    server: Any = serve(
        {"/": app}, port=port, address="127.0.0.1", threaded=True, show=False, verbose=False,
        websocket_origin=[f"127.0.0.1:{port}", f"localhost:{port}"], **options, **sign_in_options(settings),
    )  # fmt: skip
    try:
        wait_for(lambda: answers(port))
        yield f"http://127.0.0.1:{port}{options.get('prefix', '')}"
    finally:
        hang_up(port)
        server.stop()
        server.join(timeout=10)
        for name, value in before.items():
            setattr(pn.config, f"_{name}", value)


def form_token(page: str) -> str:
    """What the form of the sign-in page sends along."""
    found = re.search(r'name="_xsrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def sent(client: requests.Session, address: str, user: str, password: str, **fields: str) -> Any:
    """Answer to the form, filled in; redirects are not followed."""
    page = client.get(f"{address}/login", timeout=10)
    form = {"username": user, "password": password, "_xsrf": form_token(page.text), **fields}
    return client.post(f"{address}/login", data=form, allow_redirects=False, timeout=10)
