"""The loops of the data plane: plain Python over arrays, compiled on first call, and callable uncompiled as `.python`.

Every loop takes the replicas' state, moves it on in place and writes one wait per request, so that a span of time
can be cut anywhere. Clocks are the caller's. Importing this file imports no compiler: that costs 0.2 s and is
paid by the first call. `queues` is the typed door to these loops.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")
Floats = NDArray[np.float64]


class Kernel(Generic[P, R]):
    """A loop over arrays that runs as machine code from its first call on, kept on disk between processes."""

    def __init__(self, python: Callable[P, R]) -> None:
        self.python = python
        self.__doc__ = python.__doc__
        self._compiled: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._compiled is None:
            from numba import njit

            self._compiled = njit(cache=True, nogil=True)(self.python)
        return self._compiled(*args, **kwargs)


@Kernel
def fifo(arrive: Floats, service: Floats, replica: NDArray[np.uint8], patience: Floats, stride: int, free: Floats, wait: Floats, left: NDArray[np.bool_]) -> None:
    """First come, first served at the replica given for each request.

    Args:
        arrive, service: per request, seconds; `arrive` ascending.
        patience: longest wait per request (`stride` 1), or one for all (`stride` 0), seconds.
        free: per replica, when it has served all it accepted; moved on in place.
        wait, left: written per request; one that leaves unserved has waited its patience.
    """
    for i in range(arrive.size):
        r = replica[i]
        start = max(free[r], arrive[i])
        waited = start - arrive[i]
        limit = patience[i * stride]
        if waited > limit:
            wait[i] = limit
            left[i] = True
        else:
            wait[i] = waited
            left[i] = False
            free[r] = start + service[i]


@Kernel
def fifo_in_turn(arrive: Floats, service: Floats, turn: int, patience: Floats, stride: int, free: Floats, wait: Floats, left: NDArray[np.bool_]) -> int:
    """As `fifo` with replicas taken in turn from `turn` on; gives back the next turn."""
    r = turn
    for i in range(arrive.size):
        start = max(free[r], arrive[i])
        waited = start - arrive[i]
        limit = patience[i * stride]
        if waited > limit:
            wait[i] = limit
            left[i] = True
        else:
            wait[i] = waited
            left[i] = False
            free[r] = start + service[i]
        r += 1
        if r == free.size:
            r = 0
    return r


@Kernel
def shared(arrive: Floats, service: Floats, patience: Floats, stride: int, free: Floats, wait: Floats, left: NDArray[np.bool_]) -> None:
    """One queue before all servers: the Kiefer-Wolfowitz recursion over `free`, which is ascending and stays so."""
    last = free.size - 1
    for i in range(arrive.size):
        start = max(free[0], arrive[i])
        waited = start - arrive[i]
        limit = patience[i * stride]
        if waited > limit:
            wait[i] = limit
            left[i] = True
            continue
        wait[i] = waited
        left[i] = False
        # The first server's end sinks to its place. Comparing through to the last without a branch is twice as fast as stopping there.
        end = start + service[i]
        for j in range(last):
            other = free[j + 1]
            free[j] = end if end < other else other
            end = other if end < other else end
        free[last] = end


@Kernel
def shortest(arrive: Floats, service: Floats, patience: Floats, stride: int, free: Floats, leaves: Floats, tail: NDArray[np.uint64], wait: Floats, left: NDArray[np.bool_]) -> None:
    """Join the replica with the fewest requests waiting or in service, the first of equals.

    At most j requests are at a replica once the last but j has left it. So nothing is counted and no departure is
    followed: a request looks for an idle replica, then for one with a single request, and so on.

    Args:
        leaves: [replicas, room]; `leaves[r, 1 : tail[r]]` are the ascending times at which requests leave replica r,
            served or not: of all that are there, and of some that have left. `leaves[r, 0]` is minus infinity. Room is
            needed for one more for every request of the call.
    """
    # Indices that may be negative are checked for it, which takes a tenth of the time, and a third where queues are long.
    none, one, two, replicas = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(free.size)
    # What the first two looks need lies close together.
    last, last_but_one = np.empty(free.size), np.empty(free.size)
    for k in range(replicas):
        last[k] = leaves[k, tail[k] - one]
        last_but_one[k] = leaves[k, max(tail[k], two) - two]
    fewest = none
    for i in range(arrive.size):
        now = arrive[i]
        r: int | np.uint64 = replicas
        if fewest < two:
            for k in range(replicas):
                if last[k] <= now:
                    r = k
                    break
            if r == replicas:
                for k in range(replicas):
                    if last_but_one[k] <= now:
                        r = k
                        break
            if r == replicas:
                fewest = two
        if r == replicas:
            # Where queues are long the fewest changes little between two requests: look from the last one's, down, then up.
            while True:
                found: int | np.uint64 = replicas
                for k in range(replicas):
                    if leaves[k, tail[k] - one - fewest] <= now:
                        found = k
                        break
                if found < replicas:
                    r = found
                    if fewest == none:
                        break
                    fewest -= one
                else:
                    fewest += one
                    if r < replicas:
                        break
        start = max(free[r], now)
        waited = start - now
        limit = patience[i * stride]
        if waited > limit:
            wait[i] = limit
            left[i] = True
            end = now + limit
        else:
            wait[i] = waited
            left[i] = False
            end = start + service[i]
            free[r] = end
        j = tail[r]
        tail[r] = j + one
        last_but_one[r] = max(min(last[r], end), last_but_one[r])
        last[r] = max(last[r], end)
        while leaves[r, j - one] > end:
            leaves[r, j] = leaves[r, j - one]
            j -= one
        leaves[r, j] = end


@Kernel
def two_choices(
    arrive: Floats,
    service: Floats,
    route: Floats,
    patience: Floats,
    stride: int,
    free: Floats,
    leaves: Floats,
    tail: NDArray[np.uint64],
    wait: Floats,
    left: NDArray[np.bool_],
) -> None:
    """Join the one of two replicas with fewer requests waiting or in service, the first of equals.

    Args:
        route: per request, uniform in [0, 1). Its place among the replicas is the first; what remains of it gives the
            second, counted on from the first through the others. A lone replica is both.
        leaves, tail: as for `shortest`.
    """
    replicas = free.size
    one = np.uint64(1)
    head = np.ones(replicas, dtype=np.uint64)
    for i in range(arrive.size):
        now = arrive[i]
        place = route[i] * replicas
        r = int(place)
        other = r + 1 + int((place - r) * (replicas - 1))
        if other >= replicas:
            other -= replicas
        while head[r] < tail[r] and leaves[r, head[r]] <= now:
            head[r] += one
        while head[other] < tail[other] and leaves[other, head[other]] <= now:
            head[other] += one
        if tail[other] - head[other] < tail[r] - head[r]:
            r = other
        start = max(free[r], now)
        waited = start - now
        limit = patience[i * stride]
        if waited > limit:
            wait[i] = limit
            left[i] = True
            end = now + limit
        else:
            wait[i] = waited
            left[i] = False
            end = start + service[i]
            free[r] = end
        j = tail[r]
        tail[r] = j + one
        while leaves[r, j - one] > end:
            leaves[r, j] = leaves[r, j - one]
            j -= one
        leaves[r, j] = end


@Kernel
def fluid_backlog(excess_s: Floats, bound_s: Floats, start_s: float, backlog_s: Floats) -> None:
    """Work left at the end of each window where `excess_s` is the work brought minus the work that can be done.

    `bound_s` is the most that can wait before callers give up; `backlog_s` is written.
    """
    level = start_s
    for i in range(excess_s.size):
        level = min(max(level + excess_s[i], 0.0), bound_s[i])
        backlog_s[i] = level
