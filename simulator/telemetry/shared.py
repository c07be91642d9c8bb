"""Statistics of columns that several worlds hold in common: the same arrays give the same figures, so worlds that agree on them compute these once.

A fault changes few columns; see `held_once`. Columns count as the same where worlds hold the same arrays of them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, TypeVar

from simulator.dataplane.packed import Column, Packed

Figures = TypeVar("Figures")
Parts = Sequence[tuple[Column | Packed, int | None, int | None]]
"""Arrays of which a column is made, and the places [first, last) taken from each; as `RowPlane.held` gives them."""

_MOST = 512
_FOUND: OrderedDict[tuple[object, ...], tuple[Any, tuple[object, ...]]] = OrderedDict()
"""Figures of the seed that was asked about last, by name and cause, those used last at the end; with the arrays whose identities are in the key:
as long as they are here, nothing else can have these."""
_ONE_AT_A_TIME = Lock()


def shared(name: str, seed: int, causes: Mapping[str, Parts], compute: Callable[[list[str]], Mapping[str, Figures]]) -> dict[str, Figures]:
    """The figures of each column, in the order of `causes`; `compute` is asked for those of columns that were not met before.

    Args:
        name: what is computed, with all that it depends on beside the rows.
        causes: for each column the arrays of all rows that its figures are computed from.
    """
    keys = {column: (seed, name, column, *((id(part), first, last) for part, first, last in parts)) for column, parts in causes.items()}
    with _ONE_AT_A_TIME:
        for old in [key for key in _FOUND if key[0] != seed]:
            del _FOUND[old]
        met = {column: _FOUND[key][0] for column, key in keys.items() if key in _FOUND}
    new = compute([column for column in causes if column not in met]) if len(met) < len(causes) else {}
    with _ONE_AT_A_TIME:
        for column, key in keys.items():
            if column in new:
                _FOUND[key] = new[column], tuple(part for part, _, _ in causes[column])
            if key in _FOUND:
                _FOUND.move_to_end(key)
        while len(_FOUND) > _MOST:
            _FOUND.popitem(last=False)
    return {column: met[column] if column in met else new[column] for column in causes}
