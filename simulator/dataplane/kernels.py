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
def shortest(
    arrive: Floats,
    service: Floats,
    patience: Floats,
    stride: int,
    free: Floats,
    leaves: Floats,
    head: NDArray[np.int64],
    tail: NDArray[np.int64],
    wait: Floats,
    left: NDArray[np.bool_],
) -> None:
    """Join the replica with the fewest requests waiting or in service, the first of equals.

    Args:
        leaves: [replicas, room]; `leaves[r, head[r]:tail[r]]` are the ascending times at which the requests now at
            replica r leave it, served or not. Room is needed for what is there and for every request of the call.
    """
    present = tail - head
    first_leave = np.full(free.size, np.inf)
    for k in range(free.size):
        if present[k] > 0:
            first_leave[k] = leaves[k, head[k]]
    for i in range(arrive.size):
        now = arrive[i]
        r = 0
        fewest = -1
        for k in range(free.size):
            while first_leave[k] <= now:
                head[k] += 1
                present[k] -= 1
                first_leave[k] = leaves[k, head[k]] if present[k] > 0 else np.inf
            if fewest < 0 or present[k] < fewest:
                fewest = present[k]
                r = k
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
        tail[r] = j + 1
        while j > head[r] and leaves[r, j - 1] > end:
            leaves[r, j] = leaves[r, j - 1]
            j -= 1
        leaves[r, j] = end
        present[r] += 1
        if j == head[r]:
            first_leave[r] = end


@Kernel
def fluid_backlog(excess_s: Floats, bound_s: Floats, start_s: float, backlog_s: Floats) -> None:
    """Work left at the end of each window where `excess_s` is the work brought minus the work that can be done.

    `bound_s` is the most that can wait before callers give up; `backlog_s` is written.
    """
    level = start_s
    for i in range(excess_s.size):
        level = min(max(level + excess_s[i], 0.0), bound_s[i])
        backlog_s[i] = level
