"""What is answered under each path, to whom, and what is refused."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tracker.live.conftest import (
    OTHER_RUN_ID,
    OTHER_TOKEN,
    RUN_ID,
    TOKEN,
    LiveSite,
    finished_epoch,
    run_record,
    summary,
)

READ_PATHS = ["/", "/metrics", "/api/v1/run", "/api/v1/profile", "/api/v1/events"]
ACTION_PATHS = ["/api/v1/pause", "/api/v1/resume", "/api/v1/stop"]
DOCUMENTATION = Path(__file__).parents[3] / "docs" / "live_url.md"


@pytest.mark.parametrize("path", [*READ_PATHS, *ACTION_PATHS])
def test_every_path_is_documented(path: str) -> None:
    assert f"`GET {path}`" in DOCUMENTATION.read_text() or f"`POST {path}`" in DOCUMENTATION.read_text()


def test_the_run_is_the_record_as_last_published(site: LiveSite) -> None:
    site.feeds[0].publish_state(run_record(state="paused"))
    reply = site.get("/api/v1/run")
    assert reply.status == 200
    assert reply.json() == run_record(state="paused")


def test_answers_are_kept_by_no_cache_and_guessed_at_by_no_browser(site: LiveSite) -> None:
    site.feeds[0].publish_sample(summary())
    for path in ["/", "/metrics", "/api/v1/run", "/api/v1/profile", "/nowhere"]:
        headers = site.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_content_types(site: LiveSite) -> None:
    site.feeds[0].publish_sample(summary())
    types = {path: site.get(path).headers["content-type"] for path in READ_PATHS[:4]}
    assert types == {
        "/": "text/html; charset=utf-8",
        "/metrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
        "/api/v1/run": "application/json",
        "/api/v1/profile": "application/json",
    }


@pytest.mark.parametrize("path", READ_PATHS)
def test_head_gives_the_headers_alone(site: LiveSite, path: str) -> None:
    site.feeds[0].publish_sample(summary())
    answer = site.raw(f"HEAD {path}?token={TOKEN} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n")
    assert answer.count(b"\r\n\r\n") == 1
    assert site.feeds[0].watchers == 0


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/v1", "/api/v1/run/", "//", "/API/V1/RUN", "/api/v1/%72un"]
)
def test_an_unknown_path_is_not_found(site: LiveSite, path: str) -> None:
    assert site.get(path).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_reading_takes_get_and_head_only(site: LiveSite, method: str) -> None:
    reply = site.ask(method, "/api/v1/run")
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ACTION_PATHS)
def test_actions_take_post_only(site: LiveSite, path: str) -> None:
    reply = site.get(path)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert site.feeds[0].take_requests() == []


@pytest.mark.parametrize("path", READ_PATHS)
def test_reading_needs_the_token(site: LiveSite, path: str) -> None:
    for query in [
        "",
        "?token=",
        f"?token={TOKEN[:-1]}",
        f"?token={TOKEN}x",
        f"?token={OTHER_TOKEN}",
        "?token=é",
    ]:
        answer = site.raw(
            f"GET {path}{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".replace("é", "%C3%A9").encode()
        )
        assert answer.startswith(b"HTTP/1.1 401 Unauthorized\r\n")
        assert b"\r\nWWW-Authenticate: Bearer\r\n" in answer


@pytest.mark.parametrize(
    "authorization", ["", TOKEN, f"Basic {TOKEN}", f"Bearer {OTHER_TOKEN}", f"Bearer {TOKEN}, Bearer {TOKEN}"]
)
def test_a_wrong_authorization_is_not_mended_by_the_query(site: LiveSite, authorization: str) -> None:
    assert site.get(f"/api/v1/run?token={TOKEN}", None, Authorization=authorization).status == 401


def test_the_token_opens_from_the_query_or_the_header(site: LiveSite) -> None:
    assert site.get(f"/api/v1/run?token={TOKEN}", None).status == 200
    assert site.get("/api/v1/run", TOKEN).status == 200


@pytest.mark.parametrize("action", ["pause", "resume", "stop"])
def test_an_action_is_queued_and_the_session_is_woken(site: LiveSite, action: str) -> None:
    reply = site.post(f"/api/v1/{action}")
    assert (reply.status, reply.json()) == (202, {"requested": action, "run_id": RUN_ID})
    assert site.woken.acquire(timeout=5)
    assert site.feeds[0].take_requests() == [action]
    assert site.feeds[0].take_requests() == []


def test_actions_are_taken_in_order_and_a_repeated_one_once(site: LiveSite) -> None:
    for action in ["pause", "pause", "resume", "stop", "stop"]:
        assert site.post(f"/api/v1/{action}").status == 202
    assert site.feeds[0].take_requests() == ["pause", "resume", "stop"]


def test_a_session_that_takes_nothing_does_not_gather_requests_for_ever(site: LiveSite) -> None:
    statuses = [site.post(f"/api/v1/{action}").status for action in ["pause", "resume"] * 10]
    # The last that waits is a resume, so another one asks for nothing more.
    assert statuses == [202] * 16 + [503, 202] * 2
    assert len(site.feeds[0].take_requests()) == 16


@pytest.mark.parametrize("path", ACTION_PATHS)
def test_an_action_needs_the_token_in_the_header(site: LiveSite, path: str) -> None:
    assert site.post(f"{path}?token={TOKEN}", None).status == 401
    assert site.post(path, OTHER_TOKEN).status == 401
    assert site.feeds[0].take_requests() == []


def test_an_action_is_refused_where_the_run_cannot(site: LiveSite) -> None:
    site.feeds[0].refusal = "The run has several hosts."
    reply = site.post("/api/v1/stop")
    assert (reply.status, reply.json()) == (409, {"error": "The run has several hosts."})
    site.feeds[0].refusal = None
    site.feeds[0].closed.set()
    assert site.post("/api/v1/stop").status == 409
    assert site.feeds[0].take_requests() == []


def test_a_body_is_read_and_passed_over(site: LiveSite) -> None:
    head = f"POST /api/v1/stop HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    answer = site.raw(f"{head}Content-Length: 1024\r\n\r\n{'x' * 1024}".encode())
    assert answer.startswith(b"HTTP/1.1 202 ")


def test_a_token_opens_its_own_run_only(site: LiveSite) -> None:
    site.add_run(OTHER_RUN_ID, OTHER_TOKEN)
    assert site.get("/api/v1/run").json()["run_id"] == RUN_ID
    assert site.get("/api/v1/run", OTHER_TOKEN).json()["run_id"] == OTHER_RUN_ID
    assert site.get(f"/api/v1/run?run={OTHER_RUN_ID}").status == 404
    for feed in site.feeds:
        feed.publish_sample(summary())
    assert OTHER_RUN_ID not in site.get("/metrics").body.decode()


def test_a_shared_token_opens_all_runs_and_the_newest_first(site: LiveSite) -> None:
    feed = site.add_run(OTHER_RUN_ID, TOKEN, shares_token=True)
    assert site.get("/api/v1/run").json()["run_id"] == OTHER_RUN_ID
    assert site.get(f"/api/v1/run?run={RUN_ID}").json()["run_id"] == RUN_ID
    site.post(f"/api/v1/pause?run={RUN_ID}")
    assert [feed.take_requests() for feed in site.feeds] == [["pause"], []]
    assert site.server.url_of(feed) == f"http://{site.host}/?token={TOKEN}&run={OTHER_RUN_ID}"
    for feed in site.feeds:
        feed.publish_sample(summary())
    text = site.get("/metrics").body.decode()
    assert RUN_ID in text
    assert OTHER_RUN_ID in text


def test_the_url_of_a_run_opens_its_page(site: LiveSite) -> None:
    url = site.server.url_of(site.feeds[0])
    assert url == f"http://{site.host}/?token={TOKEN}"
    assert site.get(url.removeprefix(f"http://{site.host}"), None).status == 200


def test_a_run_that_is_removed_is_not_found_any_more(site: LiveSite) -> None:
    site.server.remove(site.feeds[0])
    assert site.get("/api/v1/run").status == 401


@pytest.mark.parametrize("path", ["/metrics", "/api/v1/profile"])
def test_figures_that_are_old_are_asked_for_again(site: LiveSite, path: str) -> None:
    feed = site.feeds[0]
    feed.publish_sample(summary(energy_gpu_j=100.0))
    feed.sampled_ns -= 5_000_000_000
    assert not feed.wants_sample(time.monotonic_ns())
    client = site.connect()
    client.sendall(f"GET {path}?token={TOKEN} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    assert site.woken.acquire(timeout=5)
    assert feed.wants_sample(time.monotonic_ns())
    feed.bins.add(time.monotonic_ns(), {"gpu": 4321.5})
    feed.publish_sample(summary(energy_gpu_j=4321.5))
    assert not feed.wants_sample(time.monotonic_ns())
    assert b"4321.5" in b"".join(iter(lambda: client.recv(65536), b""))


def test_old_figures_are_given_when_no_newer_ones_come(site: LiveSite) -> None:
    site.feeds[0].publish_sample(summary(energy_gpu_j=77.25))
    site.feeds[0].sampled_ns -= 5_000_000_000
    assert b"77.25" in site.get("/metrics").body


def test_an_error_of_ours_shows_no_trace(site: LiveSite) -> None:
    site.feeds[0].publish_sample({"devices": "not a list"})
    reply = site.get("/metrics")
    assert reply.status == 500
    assert b"Traceback" not in reply.body
    assert "error" in reply.json()


def test_nothing_of_a_request_comes_back(site: LiveSite) -> None:
    mark = "<script>alert(1)</script>"
    requests = [
        f"GET /{mark} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"GET /?token={mark} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"GET /api/v1/run?token={TOKEN}&run={mark} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {mark}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: {mark}\r\n\r\n",
        f"{mark} / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: localhost\r\n{mark}: x\r\n\r\n",
    ]
    for request in requests:
        answer = site.raw(request.encode())
        assert answer.startswith(b"HTTP/1.1 4")
        assert b"alert" not in answer


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::1"])  # noqa: S104 - a moment, in a test
def test_other_addresses(make_site: Callable[..., LiveSite], address: str) -> None:
    try:
        site = make_site(address=address)
    except OSError:
        pytest.skip(f"{address} cannot be bound on this machine")
    feed = site.add_run()
    url = site.server.url_of(feed)
    assert url.startswith("http://[::1]:" if address == "::1" else "http://")
    assert url.endswith(f":{site.server.port}/?token={TOKEN}")


def test_a_profile_of_many_epochs_comes_whole(site: LiveSite) -> None:
    for index in range(3000):
        site.feeds[0].publish_epoch(finished_epoch(index))
    site.feeds[0].publish_sample(summary())
    reply = site.get("/api/v1/profile")
    assert reply.headers["transfer-encoding"] == "chunked"
    assert [epoch["index"] for epoch in reply.json()["epochs"]] == list(range(3000))
    old = site.raw(f"GET /api/v1/profile?token={TOKEN} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    body: Any = json.loads(old.partition(b"\r\n\r\n")[2])
    assert len(body["epochs"]) == 3000
