"""Candidates kept by their cause: the same rows, labels, recipe and champion give the same model, so worlds that agree on them train it once.

Rows count as the same where worlds hold the same arrays of them, which equal columns are; see `held_once`.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from simulator.dataplane.rows import RowPlane
from simulator.dataplane.scorer import Scorer
from simulator.levers import Levers
from simulator.platform.label_join import available_at, joining
from simulator.platform.model_size import SIZES
from simulator.platform.runs import RunLog
from simulator.platform.training import COLUMNS_READ, LATEST, Candidate, Recipe, build_frame, train

_MOST = 48


@dataclass(frozen=True, slots=True)
class _Kept:
    candidate: Candidate | None
    read: tuple[object, ...]
    """The arrays and the champion whose identities are in the key. As long as they are here, nothing else can have these."""


_KEPT: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()
"""Of the seed that trained last, by cause; those used last stay."""


def trained(rows: RowPlane, levers: Levers, log: RunLog, recipe: Recipe, champion: Scorer | None, filtered_share: float = 0.0) -> Candidate | None:
    """Build the recipe's frame from settled rows and fit a candidate, see `train`; None where the frame is too small. What is given may be shared."""
    if recipe.join == LATEST:
        # This frame is also read from the population as it is, which no column holds.
        return _train(rows, levers, log, recipe, champion, filtered_share)
    held = rows.held(COLUMNS_READ, recipe.since_s, recipe.until_s)
    read = (champion, *(column for column, _, _ in held))
    cause = rows.seed, recipe, id(champion), filtered_share, tuple((id(column), first, last) for column, first, last in held), joining(log, levers)
    for key in [key for key in _KEPT if key[0] != rows.seed]:
        del _KEPT[key]
    if cause not in _KEPT:
        _KEPT[cause] = _Kept(_train(rows, levers, log, recipe, champion, filtered_share), read)
        if len(_KEPT) > _MOST:
            _KEPT.popitem(last=False)
    _KEPT.move_to_end(cause)
    return _KEPT[cause].candidate


def _train(rows: RowPlane, levers: Levers, log: RunLog, recipe: Recipe, champion: Scorer | None, filtered_share: float) -> Candidate | None:
    frame = build_frame(rows, levers, recipe, lambda arrival_s, mark: available_at(arrival_s, mark, log, levers))
    return train(frame, champion, SIZES[recipe.size], filtered_share)
