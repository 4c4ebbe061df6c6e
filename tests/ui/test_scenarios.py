"""A person's walk through the three scenarios of the paper (Shaikh et al., CHI EA 2021, section 4)."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Server, Watched

pytestmark = pytest.mark.ui

TRAINING = """
import sys
from energyvis_tracker import EnergyTracker

name, epochs, start, gain = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
with EnergyTracker(name, epochs=epochs, region="US-GA", pue=1.2, quiet=True) as tracker:
    for epoch in tracker.epochs():
        sum(n * n for n in range(2_000_000))
        tracker.log(accuracy=min(0.95, start + gain * epoch))
"""


def train(server: Server, home: Path, name: str, epochs: int, start: float, gain: float) -> None:
    """A real training, tracked into the server's lake."""
    subprocess.run(
        [sys.executable, "-c", TRAINING, name, str(epochs), str(start), str(gain)],
        check=True,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "ENERGYVIS_LAKE": str(server.lake)},
    )


def profile(page: Page, name: str) -> None:
    page.locator("button.name", has_text=name).click()
    expect(page.locator("button.name", has_text=name)).to_have_attribute("aria-pressed", "true")


def compare(page: Page, name: str) -> None:
    page.get_by_role("button", name=f"Compare: {name}").click()
    expect(page.locator(".chip", has_text=name)).to_be_visible()


def totals(page: Page) -> str:
    return page.locator(".totals:has(.before)").inner_text()


def test_two_models_are_tracked_and_compared_by_energy_and_accuracy(
    watched: Watched, server: Server, tmp_path: Path
) -> None:
    train(server, tmp_path, "efficientnet", 5, 0.5, 0.1)
    train(server, tmp_path, "resnet", 8, 0.4, 0.06)
    page = watched.open(server.app)
    expect(page.locator("button.name", has_text="efficientnet")).to_be_visible(timeout=30_000)
    profile(page, "efficientnet")
    compare(page, "resnet")
    expect(page.locator(".totals:has(.before)")).to_contain_text(re.compile(r"A: [\d.]+ (J|Wh|kWh)"))
    page.get_by_role("button", name="How much accuracy did the energy buy?").click()
    goal = page.get_by_role("textbox", name="Goal: accuracy")
    goal.fill("70")
    goal.press("Enter")
    # Reached after three of five and after six of eight epochs.
    answer = page.get_by_text(re.compile("^To reach accuracy 70"))
    expect(answer).to_contain_text(re.compile("efficientnet.*epoch 3.*resnet.*epoch 6"))


def test_two_preloaded_models_are_compared_by_electricity(watched: Watched, server: Server) -> None:
    page = watched.open(server.app)
    profile(page, "Transformer (base)")
    page.get_by_role("radio", name="Energy", exact=True).click()
    page.locator("button.name", has_text="Transformer (big)").click(button="right")
    expect(page.locator(".chip", has_text="Transformer (big)")).to_be_visible()
    # 17.0 and 127 kWh before PUE, 1.58 of it.
    expect(page.locator(".totals:has(.before)")).to_contain_text("26.8 kWh")
    expect(page.locator(".totals:has(.before)")).to_contain_text("A: 201 kWh (+649 %)")
    expect(page.get_by_text(re.compile("^Cumulative energy, kWh"))).to_be_visible()
    page.get_by_role("radio", name="Per interval").click()
    expect(page.get_by_text(re.compile("^Energy per interval"))).to_be_visible()


def test_a_location_is_picked_and_then_hardware(watched: Watched, server: Server) -> None:
    page = watched.open(f"{server.app}?profile=strubell-2019-transformer-big")
    shown = page.locator(".totals:has(.before)")
    page.get_by_role("combobox", name="Region").fill("Vermont")
    page.get_by_role("option").first.click()
    expect(page.locator(".chip", has_text="in Vermont")).to_be_visible()
    expect(shown).to_contain_text(re.compile(r"kg CO₂e\s*A: \d.* kg CO₂e"))
    in_vermont = totals(page)
    page.get_by_role("button", name=re.compile("Exchange .*P100")).click()
    page.get_by_role("combobox", name="Search chips").fill("a100 sxm4 40")
    page.locator(".search [role=option]").filter(has_text="A100").first.click()
    expect(page.locator(".chip", has_text="A100")).to_be_visible()
    expect(shown).to_contain_text(re.compile(r"Time\s*3 d 12 h\s*A: \d.* \(.\d+ %\)"))
    expect(page).to_have_url(re.compile("region=US-VT.*machine=|machine=.*region=US-VT"))
    both = totals(page)
    assert both != in_vermont
    # The link reopens the same view, and each step can be taken back.
    page.goto(page.url)
    expect(shown).to_have_text(both, use_inner_text=True)
    expect(page.locator(".chip", has_text="A100")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Remove: .*A100")).click()
    expect(page.locator(".chip", has_text="A100")).to_have_count(0)
    expect(shown).to_have_text(in_vermont, use_inner_text=True)
