"""Lines entered before, walked with Up and Down. What was half typed is kept, and only lines that begin with it are met."""

from __future__ import annotations

from collections.abc import Iterable


class LineHistory:
    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._lines: list[str] = []
        self._at: int | None = None
        """Index of the line shown; None while nobody walks."""
        self._draft = ""
        self._anywhere = False
        for line in lines:
            self.add(line)

    @property
    def walking(self) -> bool:
        return self._at is not None

    @property
    def lines(self) -> tuple[str, ...]:
        """Oldest first."""
        return tuple(self._lines)

    def add(self, line: str) -> None:
        """Keep a line as the newest; one that was there before moves to the end."""
        self.stop()
        line = line.strip()
        if not line:
            return
        if line in self._lines:
            self._lines.remove(line)
        self._lines.append(line)

    def stop(self) -> None:
        """The person types again: what stands in the line is the next half-typed line."""
        self._at = None

    def older(self, typed: str, *, anywhere: bool = False) -> str | None:
        """The next older line that begins with the half-typed one, or has it anywhere; None where there is none."""
        if self._at is None:
            self._draft = typed
        self._anywhere = anywhere
        start = len(self._lines) if self._at is None else self._at
        return self._go(range(start - 1, -1, -1))

    def newer(self) -> str | None:
        """The next newer such line, and after the newest the half-typed line itself; None while nobody walks."""
        if self._at is None:
            return None
        found = self._go(range(self._at + 1, len(self._lines)))
        if found is None:
            self.stop()
            return self._draft
        return found

    def _go(self, way: Iterable[int]) -> str | None:
        for k in way:
            line = self._lines[k]
            if line != self._draft and (self._draft in line if self._anywhere else line.startswith(self._draft)):
                self._at = k
                return line
        return None
