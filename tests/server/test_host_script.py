"""The script for pages that embed views has an address that they can hold for years."""

from energyvis_panel.views.embed.embed_button import HERE
from tests.server.conftest import Served


def test_the_script_for_host_pages_stands_beside_the_app(served: Served) -> None:
    answer = served.get("/embed.js")
    assert answer.status == 200
    assert answer.body == (HERE / "embed.js").read_bytes()
    assert "javascript" in answer.headers["Content-Type"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_else_of_that_folder_is_served(served: Served) -> None:
    for path in (
        "/embed.css",
        "/host_page.js",
        "/embed.js/",
        "/embed.js/../offers.py",
        "/%2e%2e/embed_button.py",
    ):
        assert served.get(path).status == 404
