"""Which explanation fell at which look: a small table of marks, one row for each explanation besides the true one."""

from __future__ import annotations

from collections.abc import Collection

from grader.report_rows import AGAIN, FELL, PART, Grid, GridRow
from grader.rules.trace import Trace
from scenarios.scenario import NOTHING

WIDEST = 14
"""Looks side by side; more of them go into a further grid."""


def grids(t: Trace, only: Collection[int] | None = None) -> tuple[Grid, ...]:
    """The looks that excluded something, in their order, or those of them that are in `only`; none where no look did."""
    telling = tuple(look.step for look in t.telling if only is None or look.step in only)
    fell = {c: next((s for s in telling if c in t.closed_by(x for x in telling if x <= s)), None) for c in t.others}
    parts = (telling[i : i + WIDEST] for i in range(0, len(telling), WIDEST))
    return tuple(Grid(looks, tuple(_row(t, c, looks, fell[c]) for c in t.others)) for looks in parts)


def _row(t: Trace, candidate: str, looks: tuple[int, ...], fell: int | None) -> GridRow:
    name = "nothing wrong" if candidate == NOTHING else candidate
    return GridRow(name, tuple(_mark(t, look, candidate, fell) for look in looks), "open" if fell is None else f"step {fell}")


def _mark(t: Trace, look: int, candidate: str, fell: int | None) -> str:
    if not t.touches(look, candidate):
        return ""
    return PART if fell is None or look < fell else FELL if look == fell else AGAIN
