"""Controls of the question when to run: file, example, zone; best start, pauses, exports."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final
from zoneinfo import available_timezones

import param
from panel.custom import JSComponent

from energyvis_panel.state.rights import EDITOR, Rights
from energyvis_panel.state.when import When
from energyvis_panel.views.study import form_fields
from energyvis_panel.views.study.files.import_export import Upload, off_the_loop

HERE = Path(__file__).parent
MOST_FILE_BYTES: Final = 50_000_000
LONGEST_FILENAME: Final = 200
SETTINGS: Final[dict[str, Callable[[Any], object]]] = {
    "zone": lambda value: str(value).strip() or "UTC",
    "scope": str,
    "may_pause": bool,
    "most_pauses": int,
    "idle_w": float,
}
"""What the browser may set, and how its value is read."""


class WhenBar(JSComponent):
    """One row of controls in plain DOM; sends what is asked for, and files, as messages of a kind."""

    which: param.Selector[str] = param.Selector(
        default="sources", objects=["sources", "actions"], doc="Which row."
    )
    values = param.Dict(
        default={}, doc="Settings by name; present, answered: whether there is a series, an answer."
    )
    zones = param.List(doc="Names of time zones to choose from.")
    refusal = param.String(doc="Why no file may be imported; '' = files may be.")

    _esm = form_fields.SCRIPT + (HERE / "when_controls.js").read_text(encoding="utf-8")
    _stylesheets: ClassVar[list[str]] = [
        form_fields.STYLES,
        (HERE / "when_controls.css").read_text(encoding="utf-8"),
    ]


class WhenControls:
    """Both rows, bound to a state.

    Parameters
    ----------
    when
        What the controls change.
    save_picture
        Saves the chart as a picture.
    rights
        Whether files may be imported.

    """

    def __init__(self, when: When, save_picture: Callable[[], None], rights: Rights = EDITOR) -> None:
        self.when = when
        self.rights = rights
        self._acts: dict[str, Callable[[], None]] = {
            "example": when.show_example,
            "best": when.use_best,
            "forget": when.forget,
            "picture": save_picture,
        }
        self._upload: Upload | None = None
        zones = ["UTC", *sorted(available_timezones() - {"UTC", "localtime"})]
        self.sources = WhenBar(
            which="sources",
            zones=zones,
            refusal=rights.why_not,
            sizing_mode="stretch_width",
            margin=0,
        )
        self.actions = WhenBar(which="actions", sizing_mode="stretch_width", margin=0)
        for bar in (self.sources, self.actions):
            bar.on_msg(self._heard)
        when.param.watch(self._show, [*SETTINGS, "answer", "hourly"])
        self._show()

    def _show(self, *_events: Any) -> None:
        when = self.when
        values = {name: getattr(when, name) for name in SETTINGS}
        values |= {"present": when.hourly is not None, "answered": when.answer is not None}
        for bar in (self.sources, self.actions):
            bar.values = values

    def _act(self, asked: dict[str, Any]) -> None:
        if asked.get("action") == "set":
            self._set(str(asked.get("name")), asked.get("value"))
        elif act := self._acts.get(str(asked.get("action"))):
            act()

    def _set(self, name: str, value: object) -> None:
        """Change a setting; one that cannot be is told in a sentence and shown as it was."""
        if name not in SETTINGS:
            return
        try:
            setattr(self.when, name, SETTINGS[name](value))
        except (ValueError, TypeError):
            self.when.notice = f"{str(value)[:40]!r} was not taken: it is out of range. Enter another number."
        self._show()

    def _heard(self, event: Any) -> None:
        """Act on a message of the controls; what has another shape is passed over."""
        data = event.data if isinstance(event.data, dict) else {}
        match data.get("kind"):
            case "act":
                self._act(data)
            case "begin" | "part" if not self.rights.may_import:
                self.when.notice = self.rights.why_not
                self._say(self.sources, {"kind": "done"})
            case "begin":
                self._begin(str(data.get("name", ""))[:LONGEST_FILENAME], data.get("size"))
            case "part":
                self._part(data.get("data"))
            case "csv":
                name, content = self.when.csv()
                self._say(self.actions, {"kind": "file", "name": name, "content": content})

    def _begin(self, filename: str, size: object) -> None:
        self._upload = None
        if not isinstance(size, int) or not 0 < size <= MOST_FILE_BYTES:
            limit = f"{MOST_FILE_BYTES / 1e6:,.0f} MB"
            self.when.notice = f"{filename} is empty or larger than {limit}. Choose another file."
            self._say(self.sources, {"kind": "done"})
            return
        self._upload = Upload(filename, size)
        self._say(self.sources, {"kind": "next", "from": 0})

    def _part(self, data: object) -> None:
        upload = self._upload
        if upload is None or not isinstance(data, bytes) or not upload.take(data):
            self._upload = None
            self.when.notice = "The file could not be read to its end. Import it again."
            self._say(self.sources, {"kind": "done"})
            return
        if upload.received < upload.size:
            self._say(self.sources, {"kind": "next", "from": upload.received})
            return
        self._upload = None
        content = upload.content()

        def take(read: Any) -> None:
            self.when.take_file(read, content, upload.filename)
            self._say(self.sources, {"kind": "done"})

        off_the_loop(lambda: self.when.read_file(content, upload.filename), take)

    @staticmethod
    def _say(bar: WhenBar, message: dict[str, object]) -> None:
        bar._send_msg(message)  # noqa: SLF001 - Panel's documented way to a component's script
