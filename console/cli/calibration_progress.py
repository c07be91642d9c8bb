"""How far a calibration is, on standard error: a bar that is drawn anew on a terminal, now and then a line everywhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from console.cli.edge import say
from console.plain.style import style_of
from console.untrusted import untrusted_line

if TYPE_CHECKING:
    from grader.calibrate import Progress

CELLS = 24
LINES = 50
"""At most about this many lines where there is no terminal."""


@contextmanager
def shown_progress(stream: TextIO | None = None, clock: Callable[[], float] = monotonic) -> Iterator[Callable[[Progress], None]]:
    """A place to report to; on a terminal one line of what was done is left of it."""
    out = stream or sys.stderr
    if not out.isatty() or os.environ.get("TERM") == "dumb":
        yield _lines(clock)
        return
    style = style_of(out)
    full, empty = ("█", "░") if style.unicode else ("#", ".")
    start, last = clock(), ""

    def draw(step: Progress) -> None:
        nonlocal last
        share = step.done / step.of if step.of else 1.0
        cells = round(CELLS * share)
        last = _told(step, clock() - start)
        text = f"{full * cells}{empty * (CELLS - cells)} {last}"
        out.write("\r\x1b[K" + text[: style.width - 1])
        out.flush()

    try:
        yield draw
    finally:
        out.write("\r\x1b[K" + (f"{last}\n" if last else ""))
        out.flush()


def _lines(clock: Callable[[], float]) -> Callable[[Progress], None]:
    start, told = clock(), -1

    def tell(step: Progress) -> None:
        nonlocal told
        now = LINES * step.done // step.of if step.of else LINES
        if now != told:
            told = now
            say(_told(step, clock() - start))

    return tell


def _told(step: Progress, passed_s: float) -> str:
    """As in `120 of 3380 drills, 40 from the file, about 1 h 5 min left, the-quiet-store seed 4 lucky 23.5`."""
    parts = [f"{step.done} of {step.of} drills"]
    if step.held:
        parts.append(f"{step.held} from the file")
    played = step.done - step.held
    if played and step.done < step.of:
        parts.append(f"about {_span(passed_s / played * (step.of - step.done))} left")
    elif played:
        parts.append(f"the rest in {_span(passed_s)}" if step.held else f"in {_span(passed_s)}")
    if step.run is not None:
        parts.append(f"{step.run['scenario']} seed {step.run['seed']} {step.run['player']} {step.run['score']:g}")
    return untrusted_line(", ".join(parts))


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min" if minutes else f"{round(seconds)} s"
