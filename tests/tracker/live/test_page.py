"""The page behind the URL: whole, asking nobody else, and allowed to run only its own script."""

import os
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from energyvis_tracker.live.page import PAGE
from tests.tracker.live.conftest import LiveSite, finished_epoch, run_record, summary


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium from ENERGYVIS_CHROMIUM, without a sandbox of its own, which containers often cannot give."""
    named = os.environ.get("ENERGYVIS_CHROMIUM")
    return {
        **browser_type_launch_args,
        **({"executable_path": named} if named else {}),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


def test_the_page_asks_no_other_place_for_anything() -> None:
    text = PAGE.decode()
    assert not re.findall(r"https?:|//[a-z]|@import|url\(", re.sub(r"(?m)^\s*//.*$", "", text))
    assert "style=" not in text
    assert not re.findall(r"\son[a-z]+=", text)


def test_the_policy_allows_the_pages_script_and_style_and_nothing_else(site: LiveSite) -> None:
    policy = site.get("/").headers["content-security-policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    for tag in ["script", "style"]:
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE.decode(), re.DOTALL)
        hashed = b64encode(sha256(inside.encode()).digest()).decode()
        assert directives[f"{tag}-src"] == f"'sha256-{hashed}'"
    assert directives["default-src"] == directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert directives["connect-src"] == "'self'"


def test_the_page_is_the_same_for_every_run(site: LiveSite) -> None:
    before = site.get("/").body
    site.feeds[0].publish_state(run_record(name="<script>alert(1)</script>"))
    assert site.get("/").body == before


@pytest.mark.ui
def test_the_page_follows_the_run(site: LiveSite, page: Page) -> None:
    feed, complaints = site.feeds[0], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    feed.publish_state(run_record(name="<b>resnet50</b>"))
    feed.publish_epoch(finished_epoch(0))
    feed.publish_sample(summary(energy_gpu_j=5000.0))
    page.goto(site.server.url_of(feed))
    expect(page.locator("#name")).to_have_text("<b>resnet50</b>")
    expect(page.locator("#state")).to_have_text("Running")
    expect(page.locator("#energy")).to_have_text("5 kJ")
    expect(page.locator("#how")).to_have_text("measured, and 30 J estimated")
    expect(page.locator("#power")).to_have_text("250 W")
    expect(page.locator("#epochs")).to_have_text("1 of 90")
    expect(page.locator("#devices tr")).to_have_count(2)
    page.locator("summary").click()
    expect(page.locator("#reasons li")).to_contain_text("not readable")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#said")).to_contain_text("Asked to pause")
    assert feed.take_requests() == ["pause"]
    feed.publish_state(run_record(state="paused"))
    expect(page.locator("#state")).to_have_text("Paused")
    expect(page.get_by_role("button", name="Pause")).to_be_disabled()
    feed.publish_sample(summary(energy_gpu_j=6000.0))
    feed.publish_state(run_record(state="finished"))
    site.server.remove(feed)
    expect(page.locator("#state")).to_have_text("Finished")
    expect(page.locator("#energy")).to_have_text("6 kJ")
    assert complaints == []
