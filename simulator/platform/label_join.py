"""When a chargeback becomes a label: it arrives, a daily run joins it to its payment, and some joins are lost."""

from __future__ import annotations

import numpy as np

from simulator.levers import Levers
from simulator.nature.population import Floats
from simulator.platform.runs import RunLog


def join_loss(levers: Levers, at_s: Floats) -> Floats:
    """Share of chargebacks that a join at each time cannot match."""
    mapped = levers["labels.key_mapping"].numbers(at_s) > 0
    return np.where(mapped, 0.0, levers["labels.join_loss"].numbers(at_s))


def join_runs(log: RunLog) -> tuple[Floats, Floats]:
    """Start and end of each successful join task, oldest first."""
    done = [(t.start_s, t.end_s) for t in log.of_task("labels", "join_labels") if t.state == "success"]
    pairs = np.array(done, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def joining(log: RunLog, levers: Levers) -> tuple[object, ...]:
    """All that `available_at` takes from log and levers, as a value: where it is equal, the same arrivals become labels at the same times."""
    starts, ends = join_runs(log)
    rejoined = np.array([edit.at_s for edit in levers["labels.rejoin"].edits], dtype=np.float64)
    return tuple(part.tobytes() for part in (starts, ends, join_loss(levers, starts), rejoined, join_loss(levers, rejoined)))


def available_at(arrival_s: Floats, mark: Floats, log: RunLog, levers: Levers) -> Floats:
    """When each arrived chargeback is known as a label, inf where it never was; arrival and result in seconds, shape [n]."""
    starts, ends = join_runs(log)
    known = np.full(arrival_s.shape, np.inf)
    if not len(starts):
        return known
    arrived = np.isfinite(arrival_s)
    place = np.searchsorted(starts, np.where(arrived, arrival_s, 0.0))
    joined = arrived & (place < len(starts))
    at = np.minimum(place, len(starts) - 1)
    kept = mark >= join_loss(levers, starts)[at]
    known = np.where(joined & kept, ends[at], np.inf)
    for edit in levers["labels.rejoin"].edits:
        loss = float(join_loss(levers, np.array([edit.at_s]))[0])
        recovered = arrived & (arrival_s <= edit.at_s) & (mark >= loss)
        known = np.where(recovered, np.minimum(known, np.maximum(edit.at_s, arrival_s)), known)
    return known
