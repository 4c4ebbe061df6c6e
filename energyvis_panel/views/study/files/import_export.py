"""Which files go in, which come out? Buttons, a drop target over the page, and what was assumed."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final

import panel as pn
import param
from panel.custom import JSComponent
from panel.io.document import hold
from panel.io.state import set_curdoc
from panel.viewable import Viewer

from energyvis_panel.domain.imported_profile import MOST_FILE_BYTES
from energyvis_panel.state.profile_files import FORMATS, ExportProfile, ProfileFiles, ReadImport, Report
from energyvis_panel.state.rights import EDITOR, Rights
from energyvis_panel.state.study import Study

HERE = Path(__file__).parent
LONGEST_FILENAME: Final = 200
MIME_TYPES: Final = {
    "energyvis-profile": "application/json",
    "energyvis": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}


class FileButtons(JSComponent):
    """Import and Export, and the drop target; sends files in parts and asks for exports by message."""

    formats = param.List(doc="Pairs of format and what to call it.")
    exported = param.String(doc="Name of the profile that an export writes.")
    most_bytes = param.Integer(default=MOST_FILE_BYTES, doc="Largest file that is sent, in bytes.")
    refusal = param.String(doc="Why no file may be imported; '' = files may be.")

    _esm = HERE / "import_export.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "import_export.css").read_text(encoding="utf-8")]


class ImportReports(JSComponent):
    """List of imported profiles with their sentences; sends an action (close or remove) and an id."""

    reports = param.List(doc="Dicts: id, name, file, what, assumptions, defects.")
    refusals = param.List(doc="Sentences about files that were not imported.")

    _esm = HERE / "import_reports.js"
    _stylesheets: ClassVar[list[str]] = [(HERE / "import_reports.css").read_text(encoding="utf-8")]


def report_rows(reports: list[Report]) -> list[dict[str, object]]:
    """Reports as the list shows them."""
    return [
        {
            "id": report.profile_id,
            "name": report.name,
            "file": report.filename,
            "what": report.what,
            "assumptions": list(report.assumptions),
            "defects": list(report.defects),
        }
        for report in reports
    ]


def anything(reports: list[Report], refusals: list[str]) -> bool:
    """Whether there is anything to report."""
    return bool(reports or refusals)


class Upload:
    """A file that arrives in parts; it never grows beyond what its sender announced."""

    def __init__(self, filename: str, size: int) -> None:
        self.filename = filename
        self.size = size
        self._parts: list[bytes] = []
        self.received = 0

    def take(self, part: bytes) -> bool:
        """Take a part; whether it still fits."""
        self.received += len(part)
        fits = self.received <= self.size
        if fits:
            self._parts.append(part)
        return fits

    def content(self) -> bytes:
        """The whole file."""
        return b"".join(self._parts)


class ImportExport(Viewer):
    """Files of one session's study: ``buttons`` for the strip's row, ``reports`` for the place below it."""

    def __init__(
        self,
        study: Study,
        read_import: ReadImport,
        export_profile: ExportProfile,
        rights: Rights = EDITOR,
        **params: Any,
    ) -> None:
        super().__init__(**params)
        self.files = ProfileFiles(study, read_import, export_profile)
        self.rights = rights
        self._upload: Upload | None = None
        self.buttons = FileButtons(
            refusal=rights.why_not,
            formats=[list(pair) for pair in FORMATS.items()],
            exported=pn.bind(self._exported, study.param.choice),
            margin=0,
        )
        self.buttons.on_msg(self._heard)
        self.reports = ImportReports(
            reports=pn.bind(report_rows, self.files.param.reports),
            refusals=self.files.param.refusals,
            visible=pn.bind(anything, self.files.param.reports, self.files.param.refusals),
            sizing_mode="stretch_width",
            margin=0,
        )
        self.reports.on_msg(self._asked)

    def _exported(self, choice: Any) -> str:
        return self.files.study.profile(choice.baseline_id).name if choice else ""

    def _asked(self, event: Any) -> None:
        message = event.data if isinstance(event.data, dict) else {}
        if message.get("action") == "remove":
            self.files.remove(str(message.get("id", "")))
        elif message.get("action") == "close":
            self.files.close()

    def _heard(self, event: Any) -> None:
        """Act on a message of the buttons; what has another shape is passed over."""
        data = event.data
        if not isinstance(data, dict):
            return
        match data.get("kind"):
            case "begin" | "part" if not self.rights.may_import:
                self.files.refuse(self.rights.why_not)
                self._say({"kind": "done"})
            case "begin":
                self._begin(str(data.get("name", ""))[:LONGEST_FILENAME], data.get("size"))
            case "part":
                self._part(data.get("data"))
            case "export":
                self._export(str(data.get("format", "")))

    def _begin(self, filename: str, size: object) -> None:
        if not isinstance(size, int) or not 0 <= size <= MOST_FILE_BYTES:
            self._upload = None
            self.files.refuse(f"{filename} is larger than {MOST_FILE_BYTES / 1e6:,.0f} MB. Shorten it.")
            self._say({"kind": "done"})
            return
        self._upload = Upload(filename, size)
        self._say({"kind": "next", "from": 0})
        if size == 0:
            self._part(b"")

    def _part(self, part: object) -> None:
        upload = self._upload
        if upload is None or not isinstance(part, bytes) or not upload.take(part):
            self._upload = None
            if upload is not None:
                self.files.refuse(f"{upload.filename} did not arrive whole. Choose it again.")
            self._say({"kind": "done"})
            return
        if upload.received < upload.size:
            self._say({"kind": "next", "from": upload.received})
            return
        self._upload = None
        content = upload.content()

        def add(found: Any) -> None:
            self.files.add(found, upload.filename)
            self._say({"kind": "done"})

        off_the_loop(lambda: self.files.read(content, upload.filename), add)

    def _export(self, wanted: str) -> None:
        profile = self.files.baseline()
        if profile is None:
            return

        def send(made: Any) -> None:
            if isinstance(made, str):
                self.files.refuse(made)
                return
            name, content = made
            self._say({"kind": "file", "name": name, "type": MIME_TYPES[wanted], "content": content})

        off_the_loop(lambda: self.files.export(profile, wanted), send)

    def _say(self, message: dict[str, object]) -> None:
        self.buttons._send_msg(message)  # noqa: SLF001 - Panel's documented way to a component's script

    def __panel__(self) -> Any:
        """Return buttons and reports, one above the other."""
        return pn.Column(self.buttons, self.reports, sizing_mode="stretch_width", margin=0)


def off_the_loop(work: Callable[[], Any], use: Callable[[Any], None]) -> None:
    """Do ``work`` in a thread and ``use`` its result under the document's lock; at once without a session."""
    document = pn.state.curdoc
    if document is None or document.session_context is None:
        use(work())
        return

    async def run() -> None:
        result = await asyncio.get_running_loop().run_in_executor(None, work)
        with set_curdoc(document), hold(document):
            use(result)

    awaited: Any = run  # Bokeh awaits a coroutine, though its types do not say so
    document.add_next_tick_callback(awaited)
