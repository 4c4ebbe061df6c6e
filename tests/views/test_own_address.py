"""No link to a page of ours makes it load scripts of another server."""

from typing import Any

import panel as pn
import pytest
import requests
from panel.tests.util import serve_and_wait

from energyvis_panel.state.shell import Shell
from energyvis_panel.views import frame
from energyvis_panel.views.embed.own_address import load_from_own_address

EVIL = "bokeh-absolute-url=https://evil.example/page"


@pytest.fixture
def bases() -> list[str]:
    """From where each session that was made loads its files."""
    return []


@pytest.fixture
def served(bases: list[str]) -> str:
    """Address of a page that is served."""

    def build() -> Any:
        load_from_own_address(["energy.lab.example"])
        bases.append(str(pn.state.rel_path))
        return frame.single_view(Shell(), lambda: pn.pane.HTML("shown"))

    return f"http://localhost:{serve_and_wait({'page': build})}/page"


@pytest.mark.parametrize("query", [EVIL, f"{EVIL}&bokeh-autoload-element=x", EVIL.replace("https:", "")])
def test_a_page_loads_from_its_own_server_whatever_a_link_says(
    served: str, bases: list[str], query: str
) -> None:
    text = requests.get(f"{served}?{query}", timeout=20).text
    assert bases == [""]
    assert "evil.example/static" not in text
    assert 'src="static/' in text


@pytest.mark.parametrize("named", ["https://evil.example/page", "javascript:alert(1)", "http:///page"])
def test_a_script_that_names_another_server_gets_nothing_from_it(
    served: str, bases: list[str], named: str
) -> None:
    query = f"bokeh-autoload-element=x&bokeh-absolute-url={named}"
    assert requests.get(f"{served}/autoload.js?{query}", timeout=20).ok
    assert bases == [""]


@pytest.mark.parametrize("host", ["", "https://energy.lab.example"])
def test_a_script_that_names_this_server_loads_from_it(served: str, bases: list[str], host: str) -> None:
    own = host or served.removesuffix("/page")
    query = f"bokeh-autoload-element=x&bokeh-absolute-url={own}/page"
    assert requests.get(f"{served}/autoload.js?{query}", timeout=20).ok
    assert bases == [own]
