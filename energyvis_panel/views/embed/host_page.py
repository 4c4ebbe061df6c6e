"""What binds a framed view to the page that holds it: the view's height goes out, the theme comes in."""

from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from energyvis_panel.views.tuned_figures import UNSEEN

HERE = Path(__file__).parent


class HostPage(JSComponent):
    """Takes no room. Stands in the column of the views, whose height it tells to the host page.

    The theme ``auto`` is that of the browser until the host page names one by
    ``postMessage({energyvis: {theme: "dark"}}, server)``; any other theme stays.
    """

    theme: param.Selector[str] = param.Selector(
        default="light", objects=["light", "dark", "auto"], doc="Theme of the address."
    )
    origins = param.List(default=[], item_type=str, doc="Origins whose pages may name a theme.")

    _esm = HERE / "host_page.js"

    def __init__(self, **params: Any) -> None:
        super().__init__(**({"styles": UNSEEN, "margin": 0} | params))
