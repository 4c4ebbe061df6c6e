"""A small OpenID provider: a form, one-time codes, tokens and the claims of one person."""

import base64
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.sign_in_fixture import SECRET

KEY = "energyvis-panel"
CLIENT_SECRET = "known to both servers"  # noqa: S105 - of a test
FORM = """<!DOCTYPE html><title>Lab identity</title><h1>Lab identity</h1>
<form method="get" action="/allow">{hidden}<button>Allow</button></form>
<form method="get" action="/refuse">{hidden}<button>Refuse</button></form>"""


@dataclass
class Provider:
    """What the provider says, to be set by a test, and what it was asked."""

    address: str = ""
    claims: dict[str, Any] = field(
        default_factory=lambda: {"email": "ada@lab.example", "email_verified": True}
    )
    has_id_token: bool = True
    has_userinfo: bool = True
    token_status: int = 200
    codes: dict[str, str] = field(default_factory=dict)
    """Codes that are not used yet, each with the address it was sent to."""
    access_token: str = field(default_factory=lambda: f"access-{secrets.token_hex(12)}")
    asked: list[dict[str, str]] = field(default_factory=list)
    """Queries of the requests for a sign-in."""
    close: Callable[[], None] = lambda: None
    """Ends it; nothing listens at its address from then on."""

    def environment(self, **more: str) -> dict[str, str]:
        """Variables that point our server here."""
        return {
            "ENERGYVIS_OAUTH_PROVIDER": "generic",
            "ENERGYVIS_OAUTH_KEY": KEY,
            "ENERGYVIS_OAUTH_SECRET": CLIENT_SECRET,
            "ENERGYVIS_OAUTH_AUTHORIZE_URL": f"{self.address}/authorize",
            "ENERGYVIS_OAUTH_TOKEN_URL": f"{self.address}/token",
            "ENERGYVIS_OAUTH_USER_URL": f"{self.address}/userinfo",
            "ENERGYVIS_OAUTH_LOGOUT_URL": f"{self.address}/end",
            "ENERGYVIS_COOKIE_SECRET": SECRET,
            "ENERGYVIS_EDITORS": "ada@lab.example",
            **more,
        }

    def new_code(self, redirect_uri: str) -> str:
        """Code that is good once."""
        code = f"code-{secrets.token_hex(12)}"
        self.codes[code] = redirect_uri
        return code

    def id_token(self) -> str:
        """The claims as a token that nobody signed."""
        parts = ({"alg": "none"}, {"iss": self.address, "aud": KEY, **self.claims})
        return (
            ".".join(
                base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
            )
            + "."
        )


class Answers(BaseHTTPRequestHandler):
    """What the provider answers; its server knows for whom."""

    @property
    def provider(self) -> Provider:
        return self.server.provider  # type: ignore[attr-defined,no-any-return] # set by provider_served

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/authorize":
            self.provider.asked.append(query)
            hidden = "".join(
                f'<input type="hidden" name="{name}" value="{query[name]}">'
                for name in ("redirect_uri", "state")
            )
            self.answer(FORM.format(hidden=hidden), "text/html")
        elif parts.path == "/allow":
            self.send_back(query, code=self.provider.new_code(query["redirect_uri"]))
        elif parts.path == "/refuse":
            self.send_back(query, error="access_denied", error_description="Call 555-0100 now")
        elif (
            parts.path == "/userinfo"
            and self.provider.has_userinfo
            and self.headers["Authorization"] == f"Bearer {self.provider.access_token}"
        ):
            self.answer(json.dumps(self.provider.claims))
        else:
            self.answer("{}", status=404)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        sent = {name: values[0] for name, values in form.items()}
        known = self.provider.codes.pop(sent.get("code", ""), None)
        is_good = known == sent["redirect_uri"] and sent["client_secret"] == CLIENT_SECRET
        if not is_good or self.provider.token_status != 200:
            self.answer(json.dumps({"error": "invalid_grant"}), status=max(self.provider.token_status, 400))
            return
        told = {
            "access_token": self.provider.access_token,
            "token_type": "Bearer",
            "refresh_token": "refresh-private",
        }
        if self.provider.has_id_token:
            told["id_token"] = self.provider.id_token()
        self.answer(json.dumps(told))

    def send_back(self, query: dict[str, str], **told: str) -> None:
        self.send_response(302)
        self.send_header(
            "Location", f"{query['redirect_uri']}?{urlencode({'state': query['state'], **told})}"
        )
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, content: str, kind: str = "application/json", status: int = 200) -> None:
        body = content.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the library
        pass


@contextmanager
def provider_served() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.provider = provider  # type: ignore[attr-defined] # read by Answers
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)

    provider.close = close
    try:
        yield provider
    finally:
        close()
