"""nginx with the configuration of deploy/nginx, on free ports, with a certificate of its own."""

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.free_port import free_port

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
OPENSSL = shutil.which("openssl")
needs_nginx = pytest.mark.skipif(
    not (NGINX and OPENSSL),
    reason="nginx or openssl is not installed (Debian: apt install nginx openssl)",
)
DEPLOY = Path(__file__).parents[2] / "deploy"
SITE = "energy.lab.example"
PATIENCE_S = 60.0
MAIN = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/energyvis.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    """What came back: the headers in the order sent, names in small letters."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header == name]

    def one(self, name: str) -> str:
        (value,) = self.all(name)
        return value


@dataclass(frozen=True)
class Front:
    """A running nginx."""

    folder: Path
    http_port: int
    https_port: int
    asked: Counter[str] = field(default_factory=Counter)
    """How often each path was asked for over TLS."""

    @property
    def certificate(self) -> Path:
        return self.folder / "fullchain.pem"

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        visitor: str = "127.0.0.1",
        tls: bool = True,
        **headers: str,
    ) -> Answer:
        """Ask as a visitor with that address does; ``accept_encoding`` stands for Accept-Encoding."""
        connection = (
            http.client.HTTPSConnection(
                "127.0.0.1",
                self.https_port,
                context=ssl.create_default_context(cafile=self.certificate),
                source_address=(visitor, 0),
                timeout=PATIENCE_S,
            )
            if tls
            else http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=PATIENCE_S)
        )
        sent = {"Host": SITE} | {name.replace("_", "-").title(): value for name, value in headers.items()}
        self.asked[path.partition("?")[0]] += tls
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            named = [(name.lower(), value) for name, value in answer.getheaders()]
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()

    def log(self, path: str) -> list[dict[str, Any]]:
        """Lines of the access log about a path; nginx writes one when the answer has gone out."""
        lines = map(json.loads, (self.folder / "access.log").read_text().splitlines())
        return [line for line in lines if line["path"] == path]

    def served(self, path: str) -> list[dict[str, Any]]:
        """Lines about a path, one for each time that it was asked for."""
        deadline_s = time.monotonic() + PATIENCE_S
        while len(lines := self.log(path)) < self.asked[path]:
            assert time.monotonic() < deadline_s, f"{path} is not in the log"
            time.sleep(0.01)
        return lines


def write_configuration(folder: Path, ports: Sequence[int], http_port: int, https_port: int) -> Path:
    """The configuration as shipped, but for its ports and folders; the path of the main file."""
    text = (DEPLOY / "nginx" / "energyvis.conf").read_text()
    changes = {
        "/etc/nginx/energyvis/": f"{folder}/",
        "/var/cache/nginx/energyvis": f"{folder}/cache",
        "/var/log/nginx/energyvis.log": f"{folder}/access.log",
        "listen 80;": f"listen 127.0.0.1:{http_port};",
        "listen [::]:80;": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{https_port} ssl http2;",
        "listen [::]:443 ssl http2;": "",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "energyvis.conf").write_text(text)
    shipped = (DEPLOY / "nginx" / "processes.conf").read_text()
    servers = [line for line in shipped.splitlines() if line.startswith("server ")]
    (folder / "processes.conf").write_text(
        "\n".join(
            line.replace(f":{5006 + place}", f":{port}")
            for place, (line, port) in enumerate(zip(servers, ports, strict=True))
        )
    )
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, user="user root;" if os.getuid() == 0 else ""))
    return main


def write_certificate(folder: Path) -> None:
    """A certificate for the site and for 127.0.0.1 that nobody else has signed."""
    command = [
        *(
            str(OPENSSL),
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ),
        *("-days", "2", "-subj", f"/CN={SITE}", "-addext", f"subjectAltName=DNS:{SITE},IP:127.0.0.1"),
        *("-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")),
    ]
    subprocess.run(command, check=True, capture_output=True)


def listens(port: int) -> bool:
    """Whether something takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def front(folder: Path, ports: Sequence[int]) -> Iterator[Front]:
    """A running nginx before processes on these ports; it ends with the block."""
    http_port, https_port = free_port(), free_port()
    write_certificate(folder)
    main = write_configuration(folder, ports, http_port, https_port)
    process = subprocess.Popen(
        [str(NGINX), "-c", str(main), "-p", str(folder)], stderr=subprocess.PIPE, text=True
    )
    try:
        deadline_s = time.monotonic() + PATIENCE_S
        while not listens(https_port):
            if process.poll() is not None:
                assert process.stderr is not None
                pytest.fail(process.stderr.read())
            assert time.monotonic() < deadline_s, "nginx does not listen"
            time.sleep(0.02)
        yield Front(folder, http_port, https_port)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
        process.kill()
        process.communicate()
