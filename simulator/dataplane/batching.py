"""Dynamic batching, exact: all replicas take batches from one queue, as soon as one is large enough or its oldest request has waited long enough.

The state between two spans of time is a `BatchBacklog`. On times that are multiples of `TICK_S` all sums are exact,
so cutting a span anywhere changes no wait by a single bit; on other times by rounding only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.batch_kernel import batches
from simulator.dataplane.kernels import Floats
from simulator.dataplane.queues import CALL, Backlog

MOST_IN_A_BATCH = 256
_NEVER = np.array([np.inf])


@dataclass(frozen=True, slots=True)
class Batching:
    """How batches are formed, in the words of the serving frameworks: `max_batch`, `max_delay` and `preferred_batch_size`."""

    most: int
    delay_s: float
    """How long the oldest waiting request lets an idle replica wait for more."""
    base_s: float
    """Work of a batch, whatever is in it."""
    prefer: int = 0
    """Requests at which an idle replica waits for no more; 0, or `most` and above, for a full batch only."""

    def __post_init__(self) -> None:
        if not 1 <= self.most <= MOST_IN_A_BATCH or not self.delay_s >= 0 or not self.base_s >= 0 or not 0 <= self.prefer <= MOST_IN_A_BATCH:
            raise ValueError(f"a batch holds 1 to {MOST_IN_A_BATCH} requests, as does a preferred one; its delay and its base work are not negative")

    @property
    def enough(self) -> int:
        """Requests that are taken as soon as a replica is idle."""
        return min(self.prefer or self.most, self.most)


@dataclass(frozen=True, slots=True)
class BatchBacklog:
    """What the replicas have to do and who waits, on the clock of the next span. Hashable and canonical: equal futures, equal values."""

    free_s: tuple[float, ...]
    """Per replica, when its batch is done; 0 where it is idle. Ascending."""
    waiting: bytes = b""
    """Those in no batch yet, oldest first: a table of three rows, when each arrived, the work that it adds and its deadline."""

    @classmethod
    def idle(cls, replicas: int) -> Self:
        return cls(Backlog.idle(replicas).free_s)

    @classmethod
    def holding(cls, free_s: tuple[float, ...], arrive_s: Floats, item_s: Floats, deadline_s: Floats) -> Self:
        """A backlog with these requests waiting; arrivals ascending."""
        return cls(tuple(sorted(free_s)), np.stack((arrive_s, item_s, deadline_s)).tobytes() if arrive_s.size else b"")

    @property
    def work_s(self) -> float:
        """Seconds of work taken and not yet done, over all replicas."""
        return sum(self.free_s)

    @property
    def table(self) -> Floats:
        """`waiting` as an array, [3, n]."""
        return np.frombuffer(self.waiting).reshape(3, -1)

    def later(self, by_s: float) -> Self:
        """The same backlog on a clock that starts `by_s` later."""
        arrive_s, item_s, deadline_s = self.table
        return type(self).holding(tuple(max(t - by_s, 0.0) for t in self.free_s), arrive_s - by_s, item_s, deadline_s - by_s)


@dataclass(frozen=True, slots=True)
class Batched:
    """What became of the requests that waited before a span and then of those of the span, in the order in which they arrived."""

    wait_s: Floats
    """Until its batch was taken or the caller gave up; 0 where the request still waits."""
    took_s: Floats
    """Time that its batch took; 0 where it is in none."""
    left: NDArray[np.bool_]
    """True where the caller gave up in no batch, after `wait_s`."""
    waiting: NDArray[np.bool_]
    """True where the request still waits as the span ends."""
    work_s: float
    """Work of all batches taken in the span."""
    backlog: BatchBacklog
    """On the clock of this span."""


def serve_in_batches(
    arrive_s: Floats,
    item_s: Floats,
    backlog: BatchBacklog,
    batching: Batching,
    *,
    deadline_s: Floats | None = None,
    until_s: float = np.inf,
) -> Batched:
    """Requests that arrive at `arrive_s` (ascending, seconds since the start of the span) and add `item_s` to the work of their batch.

    A batch of n takes `base_s` and the work of its n requests. It is taken by the replica that is free first, once `enough`
    requests wait or the oldest has waited `delay_s`, and holds those who wait by then, `most` of them at the most. Where several
    things happen at one time, requests arrive first, then batches are taken, then callers give up.

    Args:
        deadline_s: when each caller gives up, not before it arrives; None for those who wait for ever.
        until_s: end of the span, after the last arrival or with it; what would happen then or later is left open.

    Raises:
        ValueError: arrays of different length.
    """
    if item_s.size != arrive_s.size or (deadline_s is not None and deadline_s.size != arrive_s.size):
        raise ValueError(f"{arrive_s.size} arrivals, {item_s.size} pieces of work and {'no' if deadline_s is None else deadline_s.size} deadlines do not belong together")
    arrive, item, deadline = arrive_s, item_s, _NEVER if deadline_s is None else deadline_s
    before = 0
    if backlog.waiting:
        table = backlog.table
        before = table.shape[1]
        arrive, item = np.concatenate((table[0], arrive)), np.concatenate((table[1], item))
        deadline = np.concatenate((table[2], np.full(arrive_s.size, np.inf) if deadline_s is None else deadline))
    elif deadline_s is not None and deadline_s.size == 0:
        deadline = _NEVER
    stride = 0 if deadline is _NEVER else 1
    n = arrive.size
    wait, took, left, free = np.empty(n), np.empty(n), np.zeros(n, dtype=np.bool_), np.array(backlog.free_s)
    head, work_s = 0, 0.0
    for last in (*range(before + CALL, n, CALL), n):
        seen = slice(head, last)
        # Whatever the next call brings can matter from its first arrival on.
        known_s = until_s if last == n else min(until_s, float(arrive[last]))
        limits = deadline[seen] if stride else deadline
        taken, work = batches(
            arrive[seen], item[seen], limits, stride, batching.base_s, batching.enough, batching.most, batching.delay_s, known_s, free, wait[seen], took[seen], left[seen]
        )
        head += int(taken)
        work_s += float(work)
    waiting = np.zeros(n, dtype=np.bool_)
    rest = slice(head, n)
    if head < n:
        limits = deadline[rest] if stride else np.full(n - head, np.inf)
        gone = limits < until_s
        left[rest], waiting[rest], took[rest] = gone, ~gone, 0.0
        wait[rest] = np.where(gone, limits - arrive[rest], 0.0)
        kept = BatchBacklog.holding(tuple(free.tolist()), arrive[rest][~gone], item[rest][~gone], limits[~gone])
    else:
        kept = BatchBacklog(tuple(free.tolist()))
    return Batched(wait, took, left, waiting, work_s, kept)
