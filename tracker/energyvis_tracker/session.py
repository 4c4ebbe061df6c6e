"""One run as the sampler sees it: its processes, its devices, its records."""

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from energyvis_tracker.attribution import Attribution
from energyvis_tracker.client import Client
from energyvis_tracker.clock import NS_PER_S, TickSchedule, WallClock, iso_utc, now_us
from energyvis_tracker.errors import SinkError
from energyvis_tracker.host_runs import recover_and_note_others
from energyvis_tracker.journal_sink import JournalSink
from energyvis_tracker.lake import free_writer_name
from energyvis_tracker.lake_writer import LakeWriter
from energyvis_tracker.meters import Meters
from energyvis_tracker.meters.hub import MeterHub, Moment
from energyvis_tracker.recorder import MOST_EPOCHS, Recorder
from energyvis_tracker.run_record import device_facts, hardware_of, new_record, resumed_record, with_note
from energyvis_tracker.session_end import SessionEnd
from energyvis_tracker.session_orders import SessionOrders
from energyvis_tracker.session_view import SessionView
from energyvis_tracker.span_book import SpanBook

if TYPE_CHECKING:
    from energyvis_tracker.meters.gpu_process_share import GpuProcessShare

MAX_RECORDS_A_SEGMENT = 5_000
LONGEST_SEGMENT_S = 60.0
# Segments grow with the run up to the longest: a long run has few files, a short one is seen soon.
SEGMENT_SHARE_OF_RUN = 0.1
# Spans can be very short: between readings so close no counter has moved.
SPAN_RESOLUTION_NS = 2_000_000


class Session:
    """Measures one run.

    Parameters
    ----------
    hello
        The first mark of the process that began the run.
    hub, meters, clock
        What all runs of this sampler share.
    wake
        Wakes the sampler's loop, from any thread.
    """

    def __init__(
        self, hello: dict[str, Any], hub: MeterHub, meters: Meters, clock: WallClock, wake: Callable[[], None]
    ) -> None:
        self.hub, self.meters, self.clock = hub, meters, clock
        self.clients: dict[int, Client] = {}
        self.joined: set[int] = set()
        self.key: str | None = hello["join"]
        self.facts: dict[str, Any] = hello["run"]
        self.run_id: str = hello["run_id"]
        self.lake = Path(hello["lake"])
        self.segment_s: float = hello["segment_s"]
        self.writer = free_writer_name(self.lake, self.run_id, self.facts["host"], os.getpid())
        self.devices = meters.devices_of(hello["visible_devices"], hello["device_order"])
        self.take, self.first = hub.new_take()
        self.started_us, self.started_ns = self.first.wall_us, self.first.mono_ns
        self.segment_ns = self.started_ns
        self.schedule = TickSchedule(self.started_ns, hello["interval_s"])
        self.attribution = Attribution(
            self.facts["attribution"],
            lambda: [client.pid for client in self.clients.values()],
            gpu_shares_of(meters),
            lambda: len(hub.takes) == 1,
        )
        self.sink = JournalSink(self.lake, self.run_id, self.writer, self.journal_header, self.hand_on)
        self.recorder = Recorder(
            (device for device in self.devices if device.source != "none"),
            self.sink,
            self.epoch_finished,
        )
        self.spans = SpanBook(has_ranks=self.key is not None)
        self.rank_units: dict[int, float] = {}
        self.record = new_record(self.facts, self.run_id, self.started_us, self.devices)
        if hello["resumed"] is not None:
            self.record = resumed_record(self.record, self.sink.folder.parent)
        self.files = LakeWriter(
            self.sink.folder,
            self.current_record,
            self.recorder.epochs,
            lambda: recover_and_note_others(self),
            wake,
            is_shared=hello["is_shared"],
        )
        self.orders = SessionOrders(self, hello)
        self.view = SessionView(self)
        self.end = SessionEnd(self)

    def begin(self) -> None:
        """Write run.json and the first sample."""
        try:
            self.sink.prepare_folder()
            self.files.write_run()
        except (OSError, SinkError) as error:
            self.sink.problem = str(error)
            self.files.run_due = True
        self.keep_taken(self.first)
        self.files.start()

    def accepts(self, hello: dict[str, Any]) -> bool:
        """Say whether a process that introduces itself takes part in this run."""
        is_ours = hello["run_id"] == self.run_id or (self.key is not None and hello["join"] == self.key)
        return is_ours and hello["rank"] not in self.joined

    def add(self, client: Client, hello: dict[str, Any]) -> None:
        """Take a process in, and tell it what is measured."""
        is_first = not self.joined
        client.session, client.rank, client.is_command = self, hello["rank"], hello["is_command"]
        client.is_known = True
        if not client.pid:
            client.watch(hello["job_pid"])
        self.clients[client.rank] = client
        self.joined.add(client.rank)
        self.orders.control.is_alone = len(self.joined) == 1
        if not is_first:
            self.measure_also(hello)
        client.answer(
            {
                "ready": True,
                "run_id": self.run_id,
                "writer": self.writer,
                "is_first": is_first,
                "devices": self.record["devices"],
                "problem": self.sink.problem,
                "first_sample_ns": self.started_ns,
                "url": self.view.url,
            }
        )

    def measure_also(self, hello: dict[str, Any]) -> None:
        """Measure what a further rank uses as well."""
        known = {device.id for device in self.devices}
        further = self.meters.devices_of(hello["visible_devices"], hello["device_order"])
        self.devices += [device for device in further if device.id not in known]
        self.sweep()
        if self.recorder.add_devices(device for device in further if device.source != "none"):
            self.sink.rotate()  # the header of a journal lists the devices
        self.record |= {
            "hardware": hardware_of(self.devices),
            "devices": device_facts(self.devices),
            "ranks": len(self.joined),
        }

    @property
    def leader(self) -> int:
        """Return the rank whose marks count: the lowest that takes part."""
        return min(self.clients, default=0)

    def sweep(self) -> None:
        """Read every meter once, and record this run's part."""
        self.keep_taken(self.hub.sweep())

    def keep_taken(self, moment: Moment) -> None:
        """Record this run's part of what was read until a moment."""
        self.recorder.record(self.take.taken(), moment.wall_us, moment.mono_ns, self.attribution.shares())
        self.view.add_to_course(moment.mono_ns)

    def used_j(self) -> dict[str, float]:
        """Return the run's joules until now by kind, without a sample: for spans, which may be many."""
        if self.attribution.rule != "exclusive":
            self.sweep()
            return dict(self.recorder.job_j)
        self.hub.sweep(youngest_ns=SPAN_RESOLUTION_NS)
        used_j = dict(self.recorder.job_j)
        for reading in self.take.pending.values():
            for device in self.recorder.read_as.get(reading.device.id, ()):
                used_j[device.kind] += reading.energy_j * (1.0 if device.share is None else device.share)
        return used_j

    def tick(self) -> None:
        """Take the sample that is due, and close the segment when it is long enough."""
        self.schedule.advance(self.clock.monotonic_ns())
        self.sweep()
        now_ns = self.clock.monotonic_ns()
        self.sink.flush(now_ns)
        self.view.publish(now_ns)
        self.orders.check_budget()
        age_s, run_s = (now_ns - self.segment_ns) / NS_PER_S, (now_ns - self.started_ns) / NS_PER_S
        longest_s = max(self.segment_s, min(LONGEST_SEGMENT_S, SEGMENT_SHARE_OF_RUN * run_s))
        journal = self.sink.journal
        if age_s >= longest_s or (journal is not None and journal.records >= MAX_RECORDS_A_SEGMENT):
            self.close_journal()

    def close_journal(self) -> None:
        """Have the samples so far put into a segment."""
        self.segment_ns = self.clock.monotonic_ns()
        self.sink.rotate()

    def start_epoch(self, mark: dict[str, Any]) -> None:
        """Take the sample at the start of an epoch, and begin it."""
        self.sweep()
        self.recorder.start_epoch(mark["epoch"], mark["at_us"], mark["at_ns"])

    def end_epoch(self, mark: dict[str, Any]) -> None:
        """Take the sample at the end of an epoch, and finish it with the units of all ranks."""
        self.sweep()
        units, others = mark["units"], self.rank_units.pop(mark["epoch"], None)
        if others is not None:
            units = others + (units or 0.0)
        self.recorder.end_epoch(mark["at_us"], mark["at_ns"], units, mark["unit"], mark["metrics"])
        self.keep_spans(self.spans.rest())
        self.view.publish_epoch(mark["epoch"])

    def epoch_finished(self) -> None:
        """Have the file of epochs written again."""
        self.files.add_epoch()

    def end_epoch_of_follower(self, mark: dict[str, Any]) -> None:
        """Add the units of a rank whose marks do not count."""
        if mark["units"] is None:
            return
        index = mark["epoch"]
        if index in self.recorder.epochs:
            self.recorder.add_units(index, mark["units"], self.clock.monotonic_ns())
        else:
            self.rank_units[index] = self.rank_units.get(index, 0.0) + mark["units"]

    def keep_spans(self, spans: list[dict[str, Any]]) -> None:
        """Keep finished spans."""
        self.recorder.keep_spans(spans, self.clock.monotonic_ns())
        self.view.publish_spans(spans)

    def set_state(self, state: str) -> None:
        """Change the run's state, for everybody to see."""
        self.record |= {"state": state}
        self.files.add_run()
        self.view.publish_state()

    def note(self, sentence: str) -> None:
        """Put a sentence into the run's notes."""
        self.record = with_note(self.record, sentence)

    def current_record(self) -> dict[str, Any]:
        """Return run.json as of now."""
        record = self.record
        for sentence in self.losses():
            record = with_note(record, sentence)
        if sentence := self.attribution.sentence:
            record = with_note(record, sentence)
        for meter, error in dict(self.hub.failed).items():
            record = with_note(record, f"{meter} failed: {error}")
        failures = self.meters.nvml.failures if self.meters.nvml is not None else {}
        for board, reason in dict(failures).items():
            if board in self.recorder.read_as:
                record = with_note(record, f"{board} stopped answering: {reason}")
        for sentence in list(self.clock.notes):
            record = with_note(record, sentence)
        if self.sink.failures or self.files.failures:
            record = with_note(record, "The lake could not be written for a time.")
        if self.files.first_problem is not None:
            record = with_note(record, self.files.first_problem)
        if missed := self.schedule.missed:
            late = f"{missed} ticks went by while the machine had no time for the sampler"
            record = with_note(record, f"{late}; the samples after them hold their energy.")
        return record | {
            "heartbeat_at": iso_utc(max(now_us(), self.clock.last_us)),
            "overhead": self.view.overhead(),
        }

    def losses(self) -> list[str]:
        """Return what could not be recorded as it happened, in sentences."""
        recorder, sentences = self.recorder, []
        if recorder.merged:
            sentences.append(
                f"The lake could not be written for long: {recorder.merged} readings were merged."
            )
        if recorder.lost_spans:
            sentences.append(
                f"The lake could not be written for long: {recorder.lost_spans} spans are missing."
            )
        if recorder.unlisted_epochs:
            sentences.append(
                f"{recorder.unlisted_epochs} epochs beyond {MOST_EPOCHS} are not listed; "
                "mark such small steps as spans."
            )
        return sentences

    def journal_header(self) -> dict[str, Any]:
        """Return what each journal begins with; the run's record stands in it, should run.json be missing."""
        return {
            "run_id": self.run_id,
            "writer": self.writer,
            "host": self.facts["host"],
            "pid": os.getpid(),
            "devices": [asdict(device) for device in self.recorder.devices],
            "run": self.record,
        }

    def hand_on(self, path: Path) -> None:
        """Pass a closed journal to the thread that makes segments."""
        self.files.add_journal(path)

    @property
    def problem(self) -> str | None:
        """Return why the lake cannot be written at the moment."""
        return self.sink.problem or self.files.problem


def gpu_shares_of(meters: Meters) -> "GpuProcessShare | None":
    """Return what tells which part of each board processes use, or none without boards."""
    if meters.nvml is None:
        return None
    from energyvis_tracker.meters.gpu_process_share import GpuProcessShare  # noqa: PLC0415 - seldom needed

    return GpuProcessShare(meters.nvml)
