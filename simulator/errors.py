"""The errors that carry blame: the author's, the learner's, the caller's. Anything else is a bug and crashes."""

from __future__ import annotations


class HotseatError(Exception):
    """Base of every error that is shown to a person as one line."""


class ContentError(HotseatError):
    """An author's file is wrong: says where, what, and what to write instead."""

    def __init__(self, file: str, message: str, *, line: int | None = None, column: int | None = None, key: str = "") -> None:
        self.file, self.message, self.line, self.column, self.key = file, message, line, column, key
        where = file if line is None else f"{file}:{line}" if column is None else f"{file}:{line}:{column}"
        super().__init__(f"{where}: {key}: {message}" if key else f"{where}: {message}")


class UsageError(HotseatError):
    """A typed line is not understood: an unknown command, a missing or malformed argument."""


class Refused(HotseatError):
    """A command is understood and not possible now. Nothing has changed; the reason is for the learner."""
