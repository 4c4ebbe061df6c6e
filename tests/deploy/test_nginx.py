"""nginx as deploy/nginx configures it, where no process of the app answers."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.nginx_fixture import (
    DEPLOY,
    NGINX,
    Front,
    front,
    needs_nginx,
    write_certificate,
    write_configuration,
)
from tests.free_port import free_port

pytestmark = needs_nginx


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Return an nginx whose processes are all away."""
    with front(tmp_path_factory.mktemp("nginx"), [free_port(), free_port()]) as running:
        yield running


def test_who_comes_without_tls_is_sent_to_the_same_address_with_it(alone: Front) -> None:
    answer = alone.ask("/energyvis/app?page=runs", tls=False, host="elsewhere.example")
    assert answer.status == 301
    assert answer.one("location") == "https://energy.lab.example/energyvis/app?page=runs"


@pytest.mark.parametrize("path", ["/", "/energyvis"])
def test_the_app_is_found_from_the_names_around_it(alone: Front, path: str) -> None:
    assert alone.ask(path).one("location").endswith("/energyvis/")


def test_where_every_process_is_away_a_page_says_so_and_loads_again(alone: Front) -> None:
    answer = alone.ask("/energyvis/app", sec_fetch_dest="document")
    assert answer.status == 503
    assert (answer.one("retry-after"), answer.one("cache-control")) == ("5", "no-store")
    assert answer.one("strict-transport-security")
    assert b"loads again by itself" in answer.body
    assert b"http-equiv=refresh" in answer.body
    assert answer.one("content-type") == "text/html; charset=utf-8"
    tried = alone.served("/energyvis/app")[-1]
    assert len(tried["process"].split(", ")) == 2


def test_a_request_that_is_too_large_is_answered_in_plain_words(alone: Front) -> None:
    answer = alone.ask("/energyvis/login", method="POST", body=bytes(1_100_000))
    assert answer.status == 413
    assert answer.body.startswith(b"The request is larger than 1 MB")
    assert answer.one("content-type") == "text/plain"


def test_who_opens_pages_without_end_is_told_to_wait_and_others_are_not(alone: Front) -> None:
    answers = [alone.ask("/energyvis/", visitor="127.0.0.9") for _ in range(40)]
    assert {answer.status for answer in answers} == {503}
    further = (alone.ask("/energyvis/", visitor="127.0.0.9") for _ in range(600))
    refused = next(answer for answer in further if answer.status == 429)
    assert refused.body.startswith(b"So many pages at once")
    assert alone.ask("/energyvis/", visitor="127.0.0.10").status == 503
    assert alone.ask("/energyvis/ready", visitor="127.0.0.9").status == 503


def test_the_log_holds_the_path_and_never_what_stands_behind_it(alone: Front) -> None:
    alone.ask("/energyvis/app?region=US-WY&live=secret", referer="https://wiki.lab.example/private")
    line = alone.served("/energyvis/app")[-1]
    text = (alone.folder / "access.log").read_text()
    assert "US-WY" not in text
    assert "secret" not in text
    assert "private" not in text
    assert line.keys() == {
        "time", "remote", "method", "path", "status", "bytes", "seconds", "process", "answers",
    }  # fmt: skip
    assert (line["path"], line["status"]) == ("/energyvis/app", 503)


def test_the_processes_of_compose_fit_the_same_configuration(tmp_path: Path) -> None:
    main = write_configuration(tmp_path, [5006, 5007], free_port(), free_port())
    write_certificate(tmp_path)
    processes = (DEPLOY / "compose" / "processes.conf").read_text()
    (tmp_path / "processes.conf").write_text(processes)
    done = subprocess.run(
        [str(NGINX), "-t", "-c", main, "-p", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    compose = (DEPLOY / "compose" / "compose.yaml").read_text()
    addresses = re.findall(r"server ([\d.]+):5006", processes)
    assert addresses == re.findall(r"ipv4_address: ([\d.]+)", compose)
