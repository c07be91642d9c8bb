"""The single steps of the loop in `event_kernel`, plain functions over arrays that are compiled with it."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.callers import BUDGET_S, PAUSE_FACTOR, ROUTE_FACTOR, SHIFT, SPREAD
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import (
    ANSWERED,
    AT,
    ATTEMPT,
    CALLER,
    DEADLINE,
    END,
    FATE,
    FETCH_COMPUTE,
    FETCH_DEADLINE,
    FETCH_LEAVE,
    FETCH_MARK,
    FETCH_QUEUE,
    FETCH_REPLICA,
    FETCH_ROUTE,
    FILLED,
    MODEL_COMPUTE,
    MODEL_LEAVE,
    MODEL_MARK,
    MODEL_QUEUE,
    MODEL_REPLICA,
    MODEL_ROUTE,
    REACH,
    TURNED_AWAY,
)
from simulator.dataplane.queues import TICK_S

Heap = list[tuple[float, float, int]]
"""Times with the mark and the column of the request that they are about; the soonest first, as `heapq` keeps it. Of equal times the
smaller mark comes first, so that nothing depends on where time was cut."""
Moments = list[tuple[float, int]]
"""Likewise, times with the station or replica that they are about."""
SHARED, PLACED, IN_TURN, SHORTEST, TWO_CHOICES = range(5)
"""Routings; PLACED for those under which the request's own marks name the replica. From SHORTEST on they count."""
TO_COME, FETCHING, WAITING, SCORING = range(4)
"""Where a request is; WAITING for a batch, SCORING once its end is known."""
REPLICAS = 256
"""Replica r of station k is number k x 256 + r."""


def sink(free: Floats, k: int, n: int, end: float) -> None:
    """The first of n servers is free at `end` instead; `free` stays ascending."""
    for j in range(n - 1):
        other = free[k, j + 1]
        free[k, j] = min(end, other)
        end = max(end, other)
    free[k, n - 1] = end


def chosen(k: int, routing: int, n: int, route: float, home: int, turn: NDArray[np.int64], there: NDArray[np.int64], leaving: Moments, now: float) -> int:
    """Replica of a request that arrives at station k, -1 where it has none of its own."""
    if n == 0 or routing == SHARED:
        return -1
    if routing == PLACED:
        return home if home >= 0 else int(route * n)
    if routing == IN_TURN:
        r = turn[k]
        turn[k] = r + 1 if r + 1 < n else 0
        return int(r)
    while len(leaving) > 0 and leaving[0][0] <= now:
        there[heapq.heappop(leaving)[1]] -= 1
    at = k * REPLICAS
    if routing == SHORTEST:
        r = 0
        for j in range(1, n):
            if there[at + j] < there[at + r]:
                r = j
        return r
    place = route * n
    first = int(place)
    second = first + 1 + int((place - first) * (n - 1))
    if second >= n:
        second -= n
    return second if there[at + second] < there[at + first] else first


def serve_one(k: int, routing: int, n: int, r: int, work: float, patience: float, now: float, free: Floats, accepted_s: Floats) -> tuple[float, bool, float]:
    """How long a request waits at replica r, whether it gives up then, and when it leaves."""
    start = np.inf
    if n > 0:
        start = max(free[k, max(r, 0)], now)
    waited = start - now
    if waited > patience:
        return patience, True, now + patience
    accepted_s[k] += work
    if routing == SHARED:
        sink(free, k, n, start + work)
    else:
        free[k, r] = start + work
    return waited, False, start + work


def fill_in_fetch(
    table: Floats,
    stage: NDArray[np.int8],
    c: int,
    r: int,
    now: float,
    timeout_s: float,
    request_timeout_s: float,
    waited: float,
    work: float,
    left: bool,
    leave: float,
    turned_away: bool,
) -> None:
    """The feature server's rows of a request that arrives `now`."""
    filled = left or waited + work > timeout_s
    spent = timeout_s if filled else waited + work
    if turned_away:
        spent = 0.0
    stage[c] = FETCHING
    table[DEADLINE, c], table[FETCH_DEADLINE, c] = now + request_timeout_s, now + timeout_s
    table[FILLED, c] = 1.0 if filled else 0.0
    table[FETCH_QUEUE, c], table[FETCH_COMPUTE, c] = waited, spent - waited
    table[FETCH_LEAVE, c], table[FETCH_REPLICA, c] = leave, r
    table[REACH, c] = now + spent


def fill_in_score(table: Floats, stage: NDArray[np.int8], c: int, r: int, patience: float, waited: float, work: float, left: bool, leave: float, turned_away: bool) -> None:
    """The model server's rows of a request whose REACH is now."""
    late = left or waited + work > patience
    took = patience - waited if late else work
    if turned_away:
        took = 0.0
        table[FATE, c] = TURNED_AWAY
    stage[c] = SCORING
    table[MODEL_QUEUE, c], table[MODEL_COMPUTE, c] = waited, took
    table[MODEL_LEAVE, c], table[MODEL_REPLICA, c] = leave, r
    table[END, c] = table[REACH, c] + waited + took
    table[ANSWERED, c] = 0.0 if late else 1.0


def give_up(table: Floats, stage: NDArray[np.int8], c: int, now: float) -> None:
    """A caller's deadline comes while its request waits for a batch."""
    fill_in_score(table, stage, c, -1, now - table[REACH, c], now - table[REACH, c], 0.0, True, now, False)


def take_batch(
    table: Floats,
    stage: NDArray[np.int8],
    work: Floats,
    queue: list[int],
    head: int,
    most: int,
    base_s: float,
    now: float,
    n: int,
    free: Floats,
    waits: NDArray[np.int64],
    accepted_s: Floats,
    failing: Heap,
) -> int:
    """The replica that is free first takes those who wait, `most` of them at the most; gives back where the rest of the queue begins."""
    size, took, end = 0, base_s, head
    while end < len(queue) and size < most:
        if stage[queue[end]] == WAITING:
            took += work[1, queue[end]]
            size += 1
        end += 1
    for i in range(head, end):
        c = queue[i]
        if stage[c] == WAITING:
            fill_in_score(table, stage, c, -1, table[DEADLINE, c] - table[REACH, c], now - table[REACH, c], took, False, now + took, False)
            if table[ANSWERED, c] == 0.0:
                heapq.heappush(failing, (table[END, c], table[MODEL_MARK, c], c))
    waits[1] -= size
    accepted_s[1] += took
    sink(free, 1, n, now + took)
    return end


def granted_again(now: float, budget: float, first_s: Floats, granted: list[float]) -> bool:
    """Whether the budget has a further try for a caller that fails now; it then counts among the granted ones."""
    if budget == 0.0:
        return True
    firsts = np.searchsorted(first_s, now, side="right") - np.searchsorted(first_s, now - BUDGET_S, side="right")
    recent, i = 0, len(granted) - 1
    while i >= 0 and granted[i] > now - BUDGET_S:
        recent += 1
        i -= 1
    if recent + 1 > budget * firsts:
        return False
    granted.append(now)
    return True


def next_try(table: Floats, stage: NDArray[np.int8], work: Floats, home: NDArray[np.int64], c: int, to: int, now: float, backoff_s: float) -> None:
    """Write into column `to` the next try of a request that failed now, see `callers`."""
    route, further = table[FETCH_ROUTE, c] * ROUTE_FACTOR + SHIFT, table[MODEL_ROUTE, c] * ROUTE_FACTOR + SHIFT
    mark = table[FETCH_ROUTE, c] * PAUSE_FACTOR + SHIFT
    pause = backoff_s * 2.0 ** (table[ATTEMPT, c] - 1.0) * (1.0 + SPREAD * (2.0 * (mark - np.floor(mark)) - 1.0))
    table[:, to] = 0.0
    table[AT, to] = now + np.rint(pause / TICK_S) * TICK_S
    table[FETCH_MARK, to], table[MODEL_MARK, to] = table[FETCH_MARK, c], table[MODEL_MARK, c]
    table[FETCH_ROUTE, to], table[MODEL_ROUTE, to] = route - np.floor(route), further - np.floor(further)
    table[CALLER, to], table[ATTEMPT, to] = table[CALLER, c], table[ATTEMPT, c] + 1.0
    work[:, to], home[:, to], stage[to] = work[:, c], home[:, c], TO_COME
