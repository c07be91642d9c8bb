"""The preparation of a grade as whoever holds a drill goes through it: slice by slice, ended by its end or by what fails in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenarios.incident import Incident


class Preparing:
    """What is left to find of all that a grade needs and no journal tells."""

    def __init__(self, incident: Incident) -> None:
        from grader.preparation import preparation

        self._work: Iterator[None] | None = preparation(incident)

    @property
    def left(self) -> bool:
        """Whether `go_on` has anything to do."""
        return self._work is not None

    def go_on(self) -> None:
        """Do a slice, well under a second. It moves no clock and writes no row. What fails here fails again at the end of the drill, and is told there."""
        if self._work is None:
            return
        try:
            next(self._work)
        except StopIteration:
            self._work = None
        except Exception:  # noqa: BLE001  a drill that can be played is not ended by what only its grade needs
            self._work = None
