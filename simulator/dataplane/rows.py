"""The sampled payments of a world, settled lazily: features served, score, decision, and what will become of each.

A chunk holds the rows of a span within one day. Rows are computed once, when somebody first reads past
them; chunks before a fork are shared with every world that forks there. Columns that come out equal in worlds of
one seed are kept once: a fault changes few of them, and a grade keeps dozens of worlds. Those that mostly hold one
value are kept packed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.features import ENTITY_FEATURES, FEATURES, FLAG_FEATURES, STREAM_FEATURES, offline_states, served_features, warehouse_features
from simulator.dataplane.held import held_once
from simulator.dataplane.packed import Column, Packed, packed, same_bits
from simulator.dataplane.scorer import Scorer
from simulator.dataplane.transform import model_inputs
from simulator.durations import DAY_S
from simulator.levers import Levers
from simulator.nature.labels import truth_of
from simulator.nature.outcome import fraud_probability
from simulator.nature.population import Floats, payments

EXPLORED = 0.03
"""Share of would-be declines that are approved anyway, so that the company learns what it declines."""

RARELY_OTHER = ("chargeback_at_s", "warning_at_s", "fraud", "approved", "explored", "default_filled", "version", *(f"served.{name}" for name in FLAG_FEATURES))
"""Columns that are worth packing."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of [since_s, until_s) as columns of equal length, in order of time."""

    since_s: float
    until_s: float
    columns: Mapping[str, Column | Packed]

    def part(self, name: str, inside: slice) -> Column:
        """One column of some of the rows."""
        column = self.columns[name]
        return column.part(inside) if isinstance(column, Packed) else column[inside]


@dataclass(slots=True)
class RowPlane:
    seed: int
    levers: Levers
    scorer_of: Callable[[str], Scorer]
    """The fitted model behind a version's name."""
    weight_per_row: Callable[[Floats], Floats]
    """How many real payments a sampled one stands for, at each time."""
    default_share: Callable[[Floats], Floats]
    """Share of payments scored on default features because the fetch timed out, at each time."""
    chunks: list[Chunk] = field(default_factory=list)
    settled_s: float = 0.0

    def settle(self, until_s: float) -> None:
        """Compute rows up to `until_s`. Cutting the span at other times gives the same rows."""
        while self.settled_s < until_s:
            day_end = (self.settled_s // DAY_S + 1) * DAY_S
            stop = min(day_end, until_s)
            self.chunks.append(Chunk(self.settled_s, stop, self._kept(self._compute(self.settled_s, stop), stop)))
            self.settled_s = stop

    def _kept(self, columns: Mapping[str, Column], stop: float) -> dict[str, Column | Packed]:
        """Columns of the rows from `settled_s` to `stop` in as little memory as they take."""
        kept = {name: held_once(packed(column) if name in RARELY_OTHER else column, self.seed, self.settled_s, stop, name) for name, column in columns.items()}
        for name in STREAM_FEATURES:
            if same_bits(columns[f"served.{name}"], columns[f"offline.{name}"]):
                kept[f"served.{name}"] = kept[f"offline.{name}"]
        return kept

    def column(self, name: str, since_s: float, until_s: float) -> Column:
        """One column over the settled part of [since_s, until_s), shape [rows]."""
        pieces = [c.part(name, inside) for c, inside in self._parts(since_s, until_s)]
        return np.concatenate(pieces) if pieces else np.empty(0)

    def numbers(self, name: str, since_s: float, until_s: float) -> Floats:
        return self.column(name, since_s, until_s).astype(np.float64, copy=False)

    def held(self, names: Iterable[str], since_s: float, until_s: float) -> list[tuple[Column | Packed, int | None, int | None]]:
        """The arrays of which columns over the settled part of [since_s, until_s) are made, with the places [first, last) taken from each; None for its ends."""
        chosen = tuple(names)
        return [(chunk.columns[name], inside.start, inside.stop) for chunk, inside in self._parts(since_s, until_s) for name in chosen]

    def _parts(self, since_s: float, until_s: float) -> Iterator[tuple[Chunk, slice]]:
        start = bisect_right(self.chunks, since_s, key=lambda chunk: chunk.until_s)
        for chunk in islice(self.chunks, start, None):
            if chunk.since_s >= until_s:
                return
            if chunk.since_s >= since_s and chunk.until_s <= until_s:
                yield chunk, slice(None)
                continue
            first, last = np.searchsorted(chunk.part("at_s", slice(None)), (since_s, until_s))
            yield chunk, slice(int(first), int(last))

    def _compute(self, since_s: float, until_s: float) -> dict[str, Column]:
        levers = self.levers
        rows = payments(self.seed, levers, since_s, until_s)
        at_s = rows.at_s
        offline = offline_states(rows)
        default_filled = rows.uniform["default"] < self.default_share(at_s)
        served = served_features(rows, offline, levers, default_filled)
        warehouse = warehouse_features(rows, offline, levers)
        version, scores = self._score(served, at_s, rows.uniform["split"])
        threshold = levers["decision.threshold"].numbers(at_s)
        flagged = scores >= threshold
        explored = flagged & (rows.uniform["explore"] < EXPLORED)
        approved = ~flagged | explored
        probability = fraud_probability(rows, levers)
        truth = truth_of(rows, probability, approved)
        columns: dict[str, Column] = {
            "at_s": at_s,
            "weight": self.weight_per_row(at_s),
            "channel": rows.channel,
            "region": rows.region,
            "paid": rows.amount,
            "score": scores,
            "version": version,
            "approved": approved,
            "explored": explored,
            "default_filled": default_filled,
            "probability": probability,
            "fraud": truth.fraud,
            "chargeback_at_s": truth.chargeback_at_s,
            "warning_at_s": truth.warning_at_s,
            "join_mark": rows.uniform["join"],
        }
        columns.update({f"served.{name}": served[name].astype(np.float32) for name in FEATURES})
        columns.update({f"offline.{name}": warehouse[name].astype(np.float32) for name in (*ENTITY_FEATURES, "amount", "session_seconds")})
        return columns

    def _score(self, served: Mapping[str, Floats], at_s: Floats, split: Floats) -> tuple[NDArray[np.int16], Floats]:
        """Version number and score of each row, by the alias, the split and the transform in force at its time."""
        champion, champions = self.levers["alias.champion"].codes(at_s)
        challenger, challengers = self.levers["alias.challenger"].codes(at_s)
        challenged = split < self.levers["traffic.challenger_share"].numbers(at_s)
        transform, transforms = self.levers["transform.serving"].codes(at_s)
        version = np.zeros(len(at_s), dtype=np.int16)
        scores = np.zeros(len(at_s))
        numbers = np.array([version_number(c) for c in champions], dtype=np.int16)[champion]
        if challenged.any():
            others = np.array([version_number(c) if c else 0 for c in challengers], dtype=np.int16)[challenger]
            numbers = np.where(challenged & (others > 0), others, numbers)
        for code, name in enumerate(transforms):
            in_transform = transform == code
            if not in_transform.any():
                continue
            inputs = model_inputs(served, at_s, str(name))
            for number in np.unique(numbers[in_transform]):
                chosen = in_transform & (numbers == number)
                part = inputs if chosen.all() else np.ascontiguousarray(inputs[:, chosen])
                scores[chosen] = self.scorer_of(f"v{number}").score(part)
                version[chosen] = number
        return version, scores


def version_number(name: object) -> int:
    """12 of `v12`."""
    return int(str(name)[1:])
