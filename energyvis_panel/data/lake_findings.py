"""What one listing of a lake comes across: files that count, and files that are left out with the reason."""

from dataclasses import dataclass, field
from pathlib import Path

from energyvis_panel.data.lake_checks import DamagedFile, FileChecks
from energyvis_panel.data.run_facts import RunFacts

FOREIGN = "it has no name that a file of a lake has"


@dataclass(slots=True)
class Findings:
    """What one listing comes across."""

    checks: FileChecks
    seen: set[str] = field(default_factory=set)
    damaged: list[DamagedFile] = field(default_factory=list)

    def table(self, path: Path, table: str, run_id: str | None) -> list[Path]:
        """The path in a list, or an empty list where the file is gone or damaged."""
        self.seen.add(str(path))
        try:
            reason = self.checks.table(path, table, run_id)
        except FileNotFoundError:
            return []
        if reason is None:
            return [path]
        self.damage(path, reason)
        return []

    def facts(self, path: Path, run_id: str) -> RunFacts | None:
        """Facts of a run, or None where the file is gone or damaged."""
        self.seen.add(str(path))
        try:
            facts = self.checks.facts(path, run_id)
        except FileNotFoundError:
            # Whoever makes a run's folder writes this file next, and removes it last.
            return None
        if isinstance(facts, str):
            self.damage(path, facts)
            return None
        return facts

    def foreign(self, path: Path) -> None:
        """Note a file that belongs to no lake; a file being written or a hidden one is passed over."""
        if not path.name.startswith("."):
            self.damaged.append(DamagedFile(path, FOREIGN, is_foreign=True))

    def damage(self, path: Path, reason: str) -> None:
        """Note a file that is left out."""
        self.damaged.append(DamagedFile(path, reason))
