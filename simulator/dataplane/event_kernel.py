"""The loop that takes requests through both stations one event after the other: plain Python over arrays, compiled on first call.

It is for what whole arrays cannot do: callers who try again, limits on queues and stations without replicas. What becomes of
a request at a station follows as it arrives there, by the same sums as in `kernels`, so both ways give the same bits.
`by_event` is the typed door to it, `event_steps` are the single steps.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.event_steps import (
    FETCHING,
    REPLICAS,
    SHORTEST,
    TO_COME,
    WAITING,
    Heap,
    Moments,
    chosen,
    fill_in_fetch,
    fill_in_score,
    give_up,
    granted_again,
    next_try,
    serve_one,
    sink,
    take_batch,
)
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import ANSWERED, AT, ATTEMPT, DEADLINE, END, FETCH_QUEUE, FETCH_ROUTE, MODEL_MARK, MODEL_QUEUE, MODEL_ROUTE, REACH
from simulator.dataplane.program import Program

ARRIVES, TRIES_AGAIN, REACHES, IS_TAKEN, GIVES_UP, FAILS = range(6)


def _empty() -> Heap:
    """An empty heap; the compiler learns from an entry what is in it."""
    heap = [(0.0, 0.0, 0)]
    heap.pop()
    return heap


def _no_moments() -> Moments:
    moments = [(0.0, 0)]
    moments.pop()
    return moments


def _opened(table: Floats, stage: NDArray[np.int8], first_new: int, in_batches: bool, waits: NDArray[np.int64]) -> tuple[Heap, Heap, Heap, Moments, Heap, list[int]]:
    """What is to come of requests from before: tries again, reaching the model server, failing, starting, giving up; and the queue for batches."""
    trying, reaching, failing, due, starting = _empty(), _empty(), _empty(), _empty(), _no_moments()
    queue = [0]
    queue.pop()
    for c in range(first_new):
        mark = table[MODEL_MARK, c]
        if stage[c] == TO_COME:
            heapq.heappush(trying, (table[AT, c], mark, c))
        elif stage[c] == FETCHING:
            heapq.heappush(reaching, (table[REACH, c], mark, c))
            start = table[AT, c] + table[FETCH_QUEUE, c]
            if start > 0.0:
                waits[0] += 1
                heapq.heappush(starting, (start, 0))
        elif stage[c] == WAITING:
            queue.append(c)
            waits[1] += 1
            heapq.heappush(due, (table[DEADLINE, c], mark, c))
        else:
            if table[ANSWERED, c] == 0.0:
                heapq.heappush(failing, (table[END, c], mark, c))
            start = table[REACH, c] + table[MODEL_QUEUE, c]
            if start > 0.0 and not in_batches:
                waits[1] += 1
                heapq.heappush(starting, (start, 1))
    return trying, reaching, failing, starting, due, queue


def _sooner(heap: Heap, than_s: float) -> bool:
    return len(heap) > 0 and heap[0][0] < than_s


def _following(until_s: float, arrival: float, trying: Heap, reaching: Heap, take: float, due: Heap, failing: Heap) -> tuple[float, int]:
    """When the next event is and of which kind, below 0 where none is before `until_s`."""
    now, kind = until_s, -1
    if arrival < now:
        now, kind = arrival, ARRIVES
    if _sooner(trying, now):
        now, kind = trying[0][0], TRIES_AGAIN
    if _sooner(reaching, now):
        now, kind = reaching[0][0], REACHES
    if take < now:
        now, kind = take, IS_TAKEN
    if _sooner(due, now):
        now, kind = due[0][0], GIVES_UP
    if _sooner(failing, now):
        now, kind = failing[0][0], FAILS
    return now, kind


def _visit(
    k: int,
    c: int,
    now: float,
    patience: float,
    route: float,
    request_timeout_s: float,
    table: Floats,
    stage: NDArray[np.int8],
    work: Floats,
    home: NDArray[np.int64],
    routing: NDArray[np.int64],
    replicas: NDArray[np.int64],
    bound: NDArray[np.int64],
    turn: NDArray[np.int64],
    free: Floats,
    in_batches: bool,
    waits: NDArray[np.int64],
    there: NDArray[np.int64],
    accepted_s: Floats,
    starting: Moments,
    leaving: Moments,
    reaching: Heap,
    failing: Heap,
    due: Heap,
    queue: list[int],
) -> None:
    """A request arrives at station k, and what becomes of it there follows."""
    mark = table[MODEL_MARK, c]
    # Who came before the stretch, to wait for a batch where there are none any more, was let in then.
    turned_away = 0 < bound[k] <= waits[k] and now >= 0.0
    if k == 1 and in_batches and not turned_away:
        stage[c] = WAITING
        queue.append(c)
        waits[1] += 1
        heapq.heappush(due, (table[DEADLINE, c], mark, c))
        return
    r, waited, left, leave = -1, 0.0, True, now
    if not turned_away:
        r = chosen(k, routing[k], replicas[k], route, home[k, c], turn, there, leaving, now)
        waited, left, leave = serve_one(k, routing[k], replicas[k], r, work[k, c], patience, now, free, accepted_s)
        heapq.heappush(starting, (now + waited, k))
        waits[k] += 1
        if routing[k] >= SHORTEST and r >= 0:
            there[k * REPLICAS + r] += 1
            heapq.heappush(leaving, (leave, k * REPLICAS + r))
    if k == 0:
        fill_in_fetch(table, stage, c, r, now, patience, request_timeout_s, waited, work[0, c], left, leave, turned_away)
        heapq.heappush(reaching, (table[REACH, c], mark, c))
    else:
        fill_in_score(table, stage, c, r, patience, waited, work[1, c], left, leave, turned_away)
        if table[ANSWERED, c] == 0.0:
            heapq.heappush(failing, (table[END, c], mark, c))


def _events(
    table: Floats,
    stage: NDArray[np.int8],
    work: Floats,
    home: NDArray[np.int64],
    first_new: int,
    count: int,
    routing: NDArray[np.int64],
    replicas: NDArray[np.int64],
    bound: NDArray[np.int64],
    turn: NDArray[np.int64],
    free: Floats,
    leave_s: Floats,
    leave_at: NDArray[np.int64],
    most: int,
    enough: int,
    delay_s: float,
    base_s: float,
    fetch_timeout_s: float,
    request_timeout_s: float,
    attempts: int,
    backoff_s: float,
    budget: float,
    first_s: Floats,
    granted_s: Floats,
    until_s: float,
    accepted_s: Floats,
    tally: NDArray[np.int64],
) -> tuple[Moments, list[float]]:
    """Everything that happens before `until_s`.

    Where several things happen at one time, they come in the order of the kinds of event above, and those of one kind by mark.

    Args:
        table: [ROWS, room]; `count` columns come in, those from `first_new` on arrive at their AT, ascending. Tries again are added behind.
        stage: per column, moved on in place.
        work: [2, room], seconds at either station, in a batch those that the request adds.
        home: [2, room], replica that the caller names, below 0 where the route mark names it; for PLACED.
        routing, replicas, bound, turn: per station; `bound` is how many may wait before more are turned away, 0 for any number.
        free: [2, at least the replicas], when each has done all that it accepted; moved on in place, ascending for SHARED.
        leave_s, leave_at: when requests leave a replica, and which; for routings that count.
        most: requests in a batch at the model server, 0 where each is scored alone.
        first_s, granted_s: tries that count for the budget, ascending, the first ones of this stretch included.
        accepted_s: work accepted per station, written.
        tally: columns now, tries again that arrived, callers who gave up; written.

    Returns:
        Leaving times with their replicas, of those that were to come after the last arrival; and `granted_s` with those of this stretch.
    """
    leaving, there = _no_moments(), np.zeros(2 * REPLICAS, dtype=np.int64)
    for i in range(leave_s.size):
        heapq.heappush(leaving, (leave_s[i], leave_at[i]))
        there[leave_at[i]] += 1
    # Requests that wait at either station. Those in `starting` stop at the time given there; in a queue for batches they are counted up and down.
    waits = np.zeros(2, dtype=np.int64)
    in_batches = most > 0
    trying, reaching, failing, starting, due, queue = _opened(table, stage, first_new, in_batches, waits)
    granted = list(granted_s)
    head, arrival, last, clock = 0, first_new, count, 0.0
    retries = unserved = 0
    while True:
        while head < len(queue) and stage[queue[head]] != WAITING:
            head += 1
        while len(due) > 0 and stage[due[0][2]] != WAITING:
            heapq.heappop(due)
        soonest = table[AT, arrival] if arrival < count else np.inf
        take = np.inf
        if head < len(queue) and replicas[1] > 0:
            take = max(free[1, 0], clock)
            if waits[1] < enough:
                take = max(take, table[REACH, queue[head]] + delay_s)
        now, kind = _following(until_s, soonest, trying, reaching, take, due, failing)
        if kind < 0:
            break
        clock = now

        if kind == FAILS:
            c = heapq.heappop(failing)[2]
            if table[ATTEMPT, c] < attempts and granted_again(now, budget, first_s, granted):
                next_try(table, stage, work, home, c, last, now, backoff_s)
                heapq.heappush(trying, (table[AT, last], table[MODEL_MARK, last], last))
                last += 1
            else:
                unserved += 1
        elif kind == GIVES_UP:
            c = heapq.heappop(due)[2]
            give_up(table, stage, c, now)
            waits[1] -= 1
            heapq.heappush(failing, (now, table[MODEL_MARK, c], c))
        elif kind == IS_TAKEN:
            head = take_batch(table, stage, work, queue, head, most, base_s, now, replicas[1], free, waits, accepted_s, failing)
        else:
            while len(starting) > 0 and starting[0][0] <= now:
                waits[heapq.heappop(starting)[1]] -= 1
            if kind == REACHES:
                c, k = heapq.heappop(reaching)[2], 1
                patience, route = table[DEADLINE, c] - table[REACH, c], table[MODEL_ROUTE, c]
            else:
                if kind == ARRIVES:
                    c = arrival
                    arrival += 1
                else:
                    c = heapq.heappop(trying)[2]
                    retries += 1
                k, patience, route = 0, fetch_timeout_s, table[FETCH_ROUTE, c]
            _visit(
                k,
                c,
                now,
                patience,
                route,
                request_timeout_s,
                table,
                stage,
                work,
                home,
                routing,
                replicas,
                bound,
                turn,
                free,
                in_batches,
                waits,
                there,
                accepted_s,
                starting,
                leaving,
                reaching,
                failing,
                due,
                queue,
            )
    tally[0], tally[1], tally[2] = last, retries, unserved
    return leaving, granted


by_event = Program(
    _events, sink, chosen, serve_one, fill_in_fetch, fill_in_score, give_up, take_batch, granted_again, next_try, _empty, _no_moments, _opened, _sooner, _following, _visit
)
