"""Requests through the two stations one event after the other: with callers who try again, limits on queues and stations without replicas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane import event_steps
from simulator.dataplane.at_once import tries_after
from simulator.dataplane.callers import tries_kept
from simulator.dataplane.event_kernel import by_event
from simulator.dataplane.event_steps import FETCHING, REPLICAS, SCORING, TO_COME, WAITING
from simulator.dataplane.hashing import replica_of_caller
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import (
    AT,
    ATTEMPT,
    BEFORE_MODEL,
    CALLER,
    END,
    FATE,
    FETCH_LEAVE,
    FETCH_MARK,
    FETCH_QUEUE,
    FETCH_ROUTE,
    FETCHING_CLOCKS,
    FIELDS,
    LOST,
    MODEL_LEAVE,
    MODEL_MARK,
    MODEL_QUEUE,
    MODEL_ROUTE,
    REACH,
    ROWS,
    SCORING_CLOCKS,
    TURNED_AWAY,
    Passed,
    Passing,
    Taken,
    kept_of,
    table_of,
)
from simulator.dataplane.queues import COUNTING, Backlog, Routing
from simulator.dataplane.specs import Setting, Station
from simulator.nature.traffic import Requests

_ROUTING: dict[Routing, int] = {
    "shared": event_steps.SHARED,
    "round-robin": event_steps.IN_TURN,
    "random": event_steps.PLACED,
    "hashed": event_steps.PLACED,
    "shortest": event_steps.SHORTEST,
    "two-choices": event_steps.TWO_CHOICES,
}


def pass_by_event(requests: Requests, passing: Passing, setting: Setting, length_s: float) -> Passed:
    """As `stations.pass_through`; `passing` is taken over by the setting already."""
    callers, batching, stations = setting.callers, setting.model.batching, (setting.fetch, setting.model)
    table, stage, first_new, count = _columns(requests, passing, setting)
    work, home = _work_and_home(table, count, setting)
    free, leave_s, leave_at = _replicas((passing.fetch, passing.model), stations)
    turn = np.array([passing.fetch.turn, passing.model.turn])
    accepted_s, tally = np.zeros(2), np.zeros(3, dtype=np.int64)
    first_s, granted_s = tries_after(passing.tries, requests.at_s) if callers.counted else (np.empty(0), np.empty(0))
    leaving, granted = by_event(
        table,
        stage,
        work,
        home,
        first_new,
        count,
        np.array([_ROUTING[s.routing] for s in stations]),
        np.array([s.replicas for s in stations]),
        np.array([s.queue_limit * max(s.replicas, 1) for s in stations]),
        turn,
        free,
        leave_s,
        leave_at,
        batching.most if batching else 0,
        batching.enough if batching else 0,
        batching.delay_s if batching else 0.0,
        batching.base_s if batching else 0.0,
        setting.fetch_timeout_s,
        setting.request_timeout_s,
        callers.attempts,
        callers.backoff_s,
        callers.budget if callers.counted else 0.0,
        first_s,
        granted_s,
        length_s,
        accepted_s,
        tally,
    )
    count, retries, unserved = tally.tolist()
    table, stage = table[:, :count], stage[:count]
    fetch, model = (_backlog(k, station, free, turn, leaving).later(length_s) for k, station in enumerate(stations))
    over = (stage == SCORING) & (table[END] < length_s)
    ended = table[:, over]
    after = Passing(
        fetch,
        model,
        _kept(table, stage == FETCHING, AT, FETCHING_CLOCKS, length_s),
        _kept(table, (stage == SCORING) & ~over, REACH, SCORING_CLOCKS, length_s),
        _kept(table, stage == WAITING, REACH, BEFORE_MODEL, length_s),
        _kept(table, stage == TO_COME, AT, (AT,), length_s),
        tries_kept(first_s, np.array(granted), length_s) if callers.counted else b"",
    )
    return Passed(
        ended[:FIELDS],
        after,
        float(accepted_s[0]) + passing.fetch.work_s - fetch.work_s,
        float(accepted_s[1]) + passing.model.work_s - model.work_s,
        retries,
        int(np.count_nonzero(ended[FATE] == TURNED_AWAY)),
        int(np.count_nonzero(ended[FATE] == LOST)),
        unserved,
        _taken(table, stage, passing, batching.most if batching else 1),
    )


def _taken(table: Floats, stage: NDArray[np.int8], passing: Passing, most: int) -> tuple[Taken, Taken]:
    """What each station took on in the stretch: columns that were not there, or not yet served, as it began."""
    before = [table_of(kept).shape[1] for kept in (passing.scoring, passing.waiting, passing.fetching)]
    found = []
    rows = ((AT, FETCH_QUEUE, FETCH_LEAVE, sum(before), stage != TO_COME, 1), (REACH, MODEL_QUEUE, MODEL_LEAVE, before[0], stage == SCORING, most))
    for arrive, queue, leave, first, known, batch in rows:
        part = table[:, first:][:, known[first:]]
        begin_s = part[arrive] + part[queue]
        work_s = part[leave] - begin_s
        order = np.lexsort((work_s, begin_s)) if batch > 1 else slice(None)
        found.append(Taken(part[arrive][order], part[queue][order], work_s[order], work_s[order] <= 0.0, batch))
    return found[0], found[1]


def _columns(requests: Requests, passing: Passing, setting: Setting) -> tuple[Floats, NDArray[np.int8], int, int]:
    """Table and stages with room for every try that is possible, the first column that is new and their number."""
    attempts = setting.callers.attempts
    # Where there are no batches any more, who waited for one goes to a replica as the stretch begins.
    stages = ((SCORING, passing.scoring), (WAITING if setting.model.batching else FETCHING, passing.waiting), (FETCHING, passing.fetching), (TO_COME, passing.retrying))
    kept = [(stage, table_of(part)) for stage, part in stages if part]
    first_new = sum(part.shape[1] for _, part in kept)
    count = first_new + requests.count
    table, stage = np.empty((ROWS, count * attempts)), np.empty(count * attempts, dtype=np.int8)
    start = 0
    for name, part in kept:
        place = slice(start, start + part.shape[1])
        table[:, place], stage[place] = part, name
        start = place.stop
    new = slice(first_new, count)
    table[:, new], stage[new] = 0.0, TO_COME
    rows = {AT: requests.at_s, FETCH_MARK: requests.fetch_mark, MODEL_MARK: requests.model_mark, FETCH_ROUTE: requests.fetch_route}
    for row, values in (rows | {MODEL_ROUTE: requests.model_route, CALLER: requests.caller, ATTEMPT: np.ones(requests.count)}).items():
        table[row, new] = values
    return table, stage, first_new, count


def _work_and_home(table: Floats, count: int, setting: Setting) -> tuple[Floats, NDArray[np.int64]]:
    """Seconds of work at both stations, and the replicas that callers name, -1 where they name none; [2, room]."""
    work, home = np.empty((2, table.shape[1])), np.full((2, table.shape[1]), -1)
    work[0, :count] = setting.fetch.work_s(table[FETCH_MARK, :count])
    mark = table[MODEL_MARK, :count]
    work[1, :count] = setting.model.item_s(mark) if setting.model.batching else setting.model.work_s(mark)
    for k, station in enumerate((setting.fetch, setting.model)):
        if station.routing == "hashed" and station.replicas:
            home[k, :count] = replica_of_caller(table[CALLER, :count], station.replicas)
    return work, home


def _replicas(backlogs: tuple[Backlog, Backlog], stations: tuple[Station, Station]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """When replicas are free, [2, replicas], and when requests leave which of them."""
    free = np.zeros((2, max(s.replicas for s in stations) + 1))
    leaves = []
    for k, backlog in enumerate(backlogs):
        free[k, : len(backlog.free_s)] = backlog.free_s
        leaves += [(leave, k * REPLICAS + r) for r, row in enumerate(backlog.leaves_s) for leave in row]
    return free, np.array([leave for leave, _ in leaves], dtype=np.float64), np.array([at for _, at in leaves], dtype=np.int64)


def _backlog(k: int, station: Station, free: Floats, turn: NDArray[np.int64], leaving: list[tuple[float, int]]) -> Backlog:
    rows: list[list[float]] = [[] for _ in range(station.replicas)]
    if station.routing in COUNTING:
        for leave, at in sorted(leaving):
            if at // REPLICAS == k:
                rows[at % REPLICAS].append(leave)
    return Backlog(tuple(free[k, : station.replicas].tolist()), int(turn[k]), tuple(map(tuple, rows)))


def _kept(table: Floats, chosen: NDArray[np.bool_], order_by: int, clocks: tuple[int, ...], length_s: float) -> bytes:
    which = np.flatnonzero(chosen)
    return kept_of(table[:, which[np.lexsort((table[MODEL_MARK, which], table[order_by, which]))]], clocks, length_s)
