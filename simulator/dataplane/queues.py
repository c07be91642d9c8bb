"""Exact waiting times of requests at a service's replicas, for six ways of routing, with callers who give up.

The state between two spans of time is a `Backlog`. On times that are multiples of `TICK_S` all sums are exact,
so cutting a span anywhere changes no wait by a single bit; on other times by rounding only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane import kernels
from simulator.dataplane.kernels import Floats

Routing = Literal["random", "round-robin", "shared", "shortest", "two-choices", "hashed"]
ROUTINGS: tuple[Routing, ...] = ("random", "round-robin", "shared", "shortest", "two-choices", "hashed")
PLACED: tuple[Routing, ...] = ("random", "hashed")
"""Routings under which a request's own marks name its replica, whatever the replicas have to do; `hashing` names it by the caller."""
COUNTING: tuple[Routing, ...] = ("shortest", "two-choices")
"""Routings that count the requests at replicas, and so need to know when each leaves."""
MOST_REPLICAS = 255
CALL = 65_536
"""Requests per kernel call: the arrays of one call stay in the processor's cache."""
TICK_S = 2.0**-24
"""60 ns. Sums of multiples of it are exact in double precision over 17 years."""
_EVER = np.array([np.inf])


def on_ticks(seconds: Floats) -> Floats:
    """`seconds` rounded to the nearest multiple of `TICK_S`."""
    return np.asarray(np.rint(seconds * (1.0 / TICK_S)) * TICK_S)


def tick_at(seconds: float) -> float:
    """One time, rounded to the nearest multiple of `TICK_S`."""
    return round(seconds / TICK_S) * TICK_S


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a service's replicas still have to do, on the clock of the next span. Hashable and canonical: equal futures, equal values."""

    free_s: tuple[float, ...]
    """Per replica, when it has served all that it accepted; 0 where it is idle. Ascending for a shared queue."""
    turn: int = 0
    """Replica that is next, for round-robin."""
    leaves_s: tuple[tuple[float, ...], ...] = ()
    """Per replica, when each request now there leaves, ascending; kept for the counting routings only."""

    @classmethod
    def idle(cls, replicas: int) -> Backlog:
        if not 1 <= replicas <= MOST_REPLICAS:
            raise ValueError(f"a service has 1 to {MOST_REPLICAS} replicas, not {replicas}")
        return cls((0.0,) * replicas)

    @property
    def work_s(self) -> float:
        """Seconds of accepted work not yet done, over all replicas."""
        return sum(self.free_s)

    def later(self, by_s: float) -> Backlog:
        """The same backlog on a clock that starts `by_s` later."""
        leaves = tuple(tuple(t - by_s for t in row if t > by_s) for row in self.leaves_s)
        return Backlog(tuple(max(t - by_s, 0.0) for t in self.free_s), self.turn, leaves if any(leaves) else ())

    def resized(self, replicas: int, routing: Routing) -> Backlog:
        """The backlog that new requests meet once there are `replicas` under `routing`, whatever there was before.

        New replicas are idle. Removed ones finish what they accepted, out of sight; in a shared queue those
        that are free first go first. Under another routing every replica that stays keeps all that it accepted,
        and nobody changes queues: a shared queue takes replicas as they get free, a turn begins at the first, and a
        routing that counts and follows on one that did not takes a busy replica for one request, until it is free.
        """
        now = len(self.free_s)
        idle = Backlog.idle(replicas).free_s[now:]
        if routing == "shared":
            free = tuple(sorted(idle + self.free_s)[-replicas:])
        else:
            free = (self.free_s + idle)[:replicas]
        leaves: tuple[tuple[float, ...], ...] = ()
        if routing in COUNTING:
            rows = self.leaves_s or tuple((t,) if t > 0.0 else () for t in self.free_s)
            leaves = (rows + ((),) * replicas)[:replicas]
        return Backlog(free, self.turn % replicas if routing == "round-robin" else 0, leaves if any(leaves) else ())


@dataclass(frozen=True, slots=True)
class Served:
    """What became of the requests of one span, in the order in which they arrived."""

    wait_s: Floats
    left: NDArray[np.bool_]
    """True where the caller gave up unserved, after `wait_s`."""
    backlog: Backlog
    """On the clock of this span."""


def serve(
    arrive_s: Floats,
    service_s: Floats,
    backlog: Backlog,
    routing: Routing,
    *,
    replica: NDArray[np.uint8] | None = None,
    route: Floats | None = None,
    patience_s: Floats | float | None = None,
) -> Served:
    """Waits of requests that arrive at `arrive_s` (ascending, seconds since the start of the span) and need `service_s`.

    Args:
        replica: index of the replica per request; for the routings in `PLACED`, and only there.
        route: uniform mark in [0, 1) per request, which gives its two replicas; for `two-choices`, and only there.
        patience_s: longest wait before a caller leaves unserved, one for all or one each; None waits for ever.

    Raises:
        ValueError: arrays of different length, a routing in `PLACED` without `replica`, or `two-choices` without `route`.
    """
    n = arrive_s.size
    patience = _EVER if patience_s is None else np.atleast_1d(np.asarray(patience_s, dtype=np.float64))
    stride = 0 if patience.size == 1 and n != 1 else 1
    if service_s.size != n or (stride and patience.size != n):
        raise ValueError(f"{n} arrivals, {service_s.size} service times and {patience.size} patiences do not belong together")
    if (replica is None or replica.size != n) if routing in PLACED else replica is not None:
        raise ValueError("random and hashed routing, and no other, take one replica index per request")
    if (route is None or route.size != n) if routing == "two-choices" else route is not None:
        raise ValueError("two-choices routing, and no other, takes one route mark per request")
    wait, left = np.empty(n), np.empty(n, dtype=np.bool_)
    state = backlog
    for first in range(0, n, CALL):
        part = slice(first, min(first + CALL, n))
        limits = patience[part] if stride else patience
        if routing in COUNTING:
            state = _counting_call(arrive_s[part], service_s[part], state, None if route is None else route[part], limits, stride, wait[part], left[part])
        else:
            state = _call(arrive_s[part], service_s[part], state, routing, None if replica is None else replica[part], limits, stride, wait[part], left[part])
    return Served(wait, left, state)


def _call(
    arrive: Floats, service: Floats, backlog: Backlog, routing: Routing, replica: NDArray[np.uint8] | None, patience: Floats, stride: int, wait: Floats, left: NDArray[np.bool_]
) -> Backlog:
    free = np.array(backlog.free_s)
    if routing == "round-robin":
        turn = int(kernels.fifo_in_turn(arrive, service, backlog.turn, patience, stride, free, wait, left))
        return replace(backlog, free_s=tuple(free.tolist()), turn=turn)
    if routing == "shared":
        kernels.shared(arrive, service, patience, stride, free, wait, left)
    else:
        assert replica is not None
        kernels.fifo(arrive, service, replica, patience, stride, free, wait, left)
    return replace(backlog, free_s=tuple(free.tolist()))


def _counting_call(arrive: Floats, service: Floats, backlog: Backlog, route: Floats | None, patience: Floats, stride: int, wait: Floats, left: NDArray[np.bool_]) -> Backlog:
    """Join-the-shortest, or of two choices where there is a `route`."""
    free = np.array(backlog.free_s)
    rows = backlog.leaves_s or ((),) * free.size
    leaves = np.empty((free.size, 1 + max(map(len, rows)) + arrive.size))
    leaves[:, 0] = -np.inf
    for r, row in enumerate(rows):
        leaves[r, 1 : 1 + len(row)] = row
    tail = np.array([1 + len(row) for row in rows], dtype=np.uint64)
    if route is None:
        kernels.shortest(arrive, service, patience, stride, free, leaves, tail, wait, left)
    else:
        kernels.two_choices(arrive, service, route, patience, stride, free, leaves, tail, wait, left)
    known = [row[1:t] for row, t in zip(leaves, tail.tolist(), strict=True)]
    there = tuple(tuple(row[np.searchsorted(row, arrive[-1], side="right") :].tolist()) for row in known)
    return replace(backlog, free_s=tuple(free.tolist()), leaves_s=there)
