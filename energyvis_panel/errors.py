"""The error tree. Every message says what happened, to what, and how to mend it.

EnergyVisError
 +-- SettingsError    a setting, an argument or a query parameter is not usable
 +-- DatasetError     a table, a lake or a reference entry is missing or damaged
 +-- ProfileError     an energy profile or a file to import is not usable
 +-- QueryError       DuckDB refused a question
     +-- QueryCancelled   the question was withdrawn before it was answered
     +-- QueryOverLimit   the question took longer, or more memory, than it may
"""

from collections.abc import Mapping

__all__ = [
    "DatasetError",
    "EnergyVisError",
    "ProfileError",
    "QueryCancelled",
    "QueryError",
    "QueryOverLimit",
    "SettingsError",
]


class EnergyVisError(Exception):
    """Base of every error that a user may be shown: its text is one clear sentence."""


class SettingsError(EnergyVisError):
    """A setting, an argument or a query parameter cannot be used."""


class DatasetError(EnergyVisError):
    """A table, a lake or a reference entry is missing or damaged."""


class ProfileError(EnergyVisError):
    """An energy profile, or a file offered as one, cannot be used."""


class QueryError(EnergyVisError):
    """DuckDB refused a question; carries the question's name and its parameters."""

    def __init__(self, question: str, params: Mapping[str, object], reason: str) -> None:
        super().__init__(f"The question {question!r} could not be answered: {reason}")
        self.question = question
        self.params = dict(params)


class QueryCancelled(QueryError):  # noqa: N818 - it is a message, not a fault
    """The question was withdrawn before it was answered; nobody needs the answer."""


class QueryOverLimit(QueryError):  # noqa: N818 - no fault of the question's files, and not to be asked again
    """The question took longer, or more memory, than the server allows one."""
