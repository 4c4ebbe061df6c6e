"""Says when the server is gone, and brings the page back by itself once it answers again."""

from pathlib import Path
from typing import Any, ClassVar

from panel.custom import JSComponent

HERE = Path(__file__).parent


class ServerConnection(JSComponent):
    """One line that shows while the server does not answer; it takes no room.

    Once the server answers again, the page's address is loaded anew, which describes what is on show. See
    ``docs/decisions/0012-pages-return-by-themselves.md``.
    """

    _esm = HERE / "connection.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "connection.css").read_text(encoding="utf-8")]

    def __init__(self, **params: Any) -> None:
        super().__init__(**({"margin": 0} | params))

    def _handle_msg(self, data: Any) -> None:
        """Answer the page that asks whether its session still hears it."""
        if isinstance(data, dict) and isinstance(data.get("echo"), int):
            self._send_msg({"echo": data["echo"]})
