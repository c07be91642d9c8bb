"""Requests through the two stations in whole arrays, as long as nobody tries again, nobody is turned away and no station is empty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.batching import BatchBacklog, serve_in_batches
from simulator.dataplane.callers import tries_kept, tries_of
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import (
    ANSWERED,
    AT,
    ATTEMPT,
    BEFORE_MODEL,
    CALLER,
    DEADLINE,
    END,
    FATE,
    FETCH_DEADLINE,
    FETCH_LEAVE,
    FETCH_MARK,
    FETCH_QUEUE,
    FETCH_REPLICA,
    FETCH_ROUTE,
    FETCHING_CLOCKS,
    FIELDS,
    LOST,
    MODEL_LEAVE,
    MODEL_MARK,
    MODEL_QUEUE,
    MODEL_REPLICA,
    MODEL_ROUTE,
    REACH,
    ROWS,
    SCORING_CLOCKS,
    UNPLACED,
    Passed,
    Passing,
    Taken,
    fill_in_fetch,
    fill_in_score,
    kept_of,
    table_of,
)
from simulator.dataplane.queues import PLACED, Backlog, serve
from simulator.dataplane.specs import Setting, Station
from simulator.nature.traffic import Requests


@dataclass(frozen=True, slots=True)
class Visits:
    """Requests at one station in the stretch, in the order in which they came."""

    wait_s: Floats
    work_s: Floats
    left: NDArray[np.bool_]
    before: Backlog
    after: Backlog

    def leave_s(self, arrive_s: Floats, which: NDArray[np.int64]) -> Floats:
        """When `which` of them, that came at `arrive_s`, leave the replica or its queue."""
        return np.asarray(arrive_s + self.wait_s[which] + np.where(self.left[which], 0.0, self.work_s[which]))

    def taken(self, arrive_s: Floats, most: int) -> Taken:
        """The same, of requests that came at `arrive_s` and are served up to `most` at once."""
        return Taken(arrive_s, self.wait_s, self.work_s, self.left, most)

    def replicas(self, station: Station, which: NDArray[np.int64], route: Floats, caller: Floats, leave_s: Floats) -> Floats:
        """Index of the replica of `which` of them, as `FETCH_REPLICA`."""
        if station.routing == "shared":
            return np.full(which.size, UNPLACED)
        if station.routing in PLACED:
            placed = station.replica(route, caller)
            assert placed is not None
            return placed.astype(np.float64)
        if station.routing == "round-robin":
            return np.asarray((self.before.turn + which) % station.replicas, dtype=np.float64)
        return replicas_left_at(self.after, leave_s)


def replicas_left_at(backlog: Backlog, leave_s: Floats) -> Floats:
    """The replica that each request leaves at `leave_s`, read from what a routing that counts keeps; equal times go to one replica after the other."""
    at: dict[float, list[int]] = {}
    for r, row in enumerate(backlog.leaves_s):
        for leave in row:
            at.setdefault(leave, []).append(r)
    return np.array([float(at[leave].pop(0)) if at.get(leave) else UNPLACED for leave in leave_s.tolist()])


@dataclass(frozen=True, slots=True)
class _Pool:
    """Those that have not been at the model server: first the ones from before the stretch, `old`, then the new ones."""

    old: Floats
    """[ROWS, n]"""
    requests: Requests
    setting: Setting
    fetched: Visits

    def callers(self, columns: NDArray[np.int64]) -> Floats:
        return np.concatenate((self.old[CALLER], self.requests.caller))[columns]

    def under_way(self, table: Floats, columns: NDArray[np.int64]) -> Floats:
        """`table` of these columns with the further rows, [ROWS, n]."""
        before = self.old.shape[1]
        kept = columns < before
        whole = np.zeros((ROWS, columns.size))
        whole[FIELDS:, kept] = self.old[FIELDS:, columns[kept]]
        which = columns[~kept] - before
        requests, fetch = self.requests, self.setting.fetch
        route, caller, leave_s = requests.fetch_route[which], requests.caller[which], self.fetched.leave_s(requests.at_s[which], which)
        rows = {
            FETCH_MARK: requests.fetch_mark[which],
            FETCH_ROUTE: route,
            CALLER: caller,
            ATTEMPT: 1.0,
            FETCH_DEADLINE: requests.at_s[which] + self.setting.fetch_timeout_s,
            FETCH_LEAVE: leave_s,
            FETCH_REPLICA: self.fetched.replicas(fetch, which, route, caller, leave_s),
        }
        for row, values in rows.items():
            whole[row, ~kept] = values
        whole[:FIELDS] = table
        return whole


def pass_at_once(requests: Requests, passing: Passing, setting: Setting, length_s: float) -> Passed | None:
    """As `stations.pass_through`; `passing` is taken over by the setting already.

    None where requests have to be taken one by one: a station has no replica, callers try again and one of them is due or got no
    answer, or so many wait that a limit might turn somebody away.
    """
    if passing.retrying or not (setting.fetch.replicas and setting.model.replicas):
        return None
    old = np.concatenate([table_of(kept) for kept in (passing.waiting, passing.fetching)], axis=1)
    table = np.empty((FIELDS, old.shape[1] + requests.count))
    table[:, : old.shape[1]] = old[:FIELDS]
    fetched = _fetch(table[:, old.shape[1] :], requests, passing.fetch, setting)
    if _crowded(setting.fetch, requests.at_s, fetched.wait_s, old[AT] + old[FETCH_QUEUE]):
        return None
    pool = _Pool(old, requests, setting, fetched)
    order = np.argsort(table[REACH], kind="stable")
    ready = int(np.searchsorted(table[REACH, order], length_s))
    fetching = waiting = b""
    if ready < order.size:
        later = np.sort(order[ready:])
        fetching = kept_of(pool.under_way(table[:, later], later), FETCHING_CLOCKS, length_s)
    came = order[:ready]
    scored = np.take(table, came, axis=1)
    earlier, still = table_of(passing.scoring), np.empty(0)
    del table  # Its memory serves for what ends.
    if setting.model.batching is None:
        visits = _score(scored, pool.callers(came) if setting.model.routing == "hashed" else None, passing.model, setting.model)
        model_work_s = float(np.sum(visits.work_s, where=~visits.left))
    else:
        visits, open_, model_work_s = _score_in_batches(scored, passing.model, setting.model, length_s)
        if open_.any():
            still = np.full(int(np.count_nonzero(open_)), np.inf)
            waiting = kept_of(pool.under_way(scored[:, open_], came[open_]), BEFORE_MODEL, length_s)
            scored, came = scored[:, ~open_], came[~open_]
    if _crowded(setting.model, scored[REACH], visits.wait_s, np.concatenate((earlier[REACH] + earlier[MODEL_QUEUE], still))):
        return None
    over = scored[END] < length_s
    gone = earlier[END] < length_s
    ended, scoring, parts = scored, b"", []
    if not gone.all():
        parts.append(earlier[:, ~gone])
    if not over.all():
        which = np.flatnonzero(~over)
        staying = pool.under_way(scored[:, which], came[which])
        staying[MODEL_LEAVE] = visits.leave_s(staying[REACH], which)
        staying[MODEL_REPLICA] = visits.replicas(setting.model, which, staying[MODEL_ROUTE], staying[CALLER], staying[MODEL_LEAVE])
        parts.append(staying)
    if parts or gone.size:
        ended = np.concatenate((earlier[:FIELDS, gone], np.take(scored, np.flatnonzero(over), axis=1)), axis=1)
    unserved = ended.shape[1] - int(np.count_nonzero(ended[ANSWERED]))
    if unserved and setting.callers.attempts > 1:
        return None
    if parts:
        scoring = kept_of(np.concatenate(parts, axis=1), SCORING_CLOCKS, length_s)
    tries = tries_kept(*tries_after(passing.tries, requests.at_s), length_s) if setting.callers.counted else b""
    after = Passing(fetched.after.later(length_s), visits.after.later(length_s), fetching, scoring, waiting, b"", tries)
    return Passed(
        ended,
        after,
        float(np.sum(fetched.work_s, where=~fetched.left)) + passing.fetch.work_s - after.fetch.work_s,
        model_work_s + passing.model.work_s - after.model.work_s,
        lost=int(np.count_nonzero(earlier[FATE, gone] == LOST)),
        unserved=unserved,
        taken=(fetched.taken(requests.at_s, 1), visits.taken(scored[REACH], setting.model.batching.most if setting.model.batching else 1)),
    )


def _crowded(station: Station, arrive_s: Floats, wait_s: Floats, before_s: Floats) -> bool:
    """Whether somebody might find as many waiting as the station's limit lets; `before_s` is until when others than those that come wait."""
    if not station.queue_limit:
        return False
    still = before_s[before_s > 0.0]
    until_s = np.sort(np.concatenate((still, arrive_s + wait_s)))
    waiting = still.size + np.arange(1, arrive_s.size + 1) - np.searchsorted(until_s, arrive_s, side="right")
    return int(waiting.max(initial=still.size)) >= station.queue_limit * station.replicas


def tries_after(kept: bytes, at_s: Floats) -> tuple[Floats, Floats]:
    """First tries with those that come at `at_s`, and granted further ones."""
    first_s, granted_s = tries_of(kept)
    return np.concatenate((first_s, at_s)), granted_s


def _fetch(table: Floats, requests: Requests, backlog: Backlog, setting: Setting) -> Visits:
    """Write requests into `table` as they pass the feature server."""
    station, timeout_s, route = setting.fetch, setting.fetch_timeout_s, requests.fetch_route
    work_s = station.work_s(requests.fetch_mark)
    served = serve(requests.at_s, work_s, backlog, station.routing, replica=station.replica(route, requests.caller), route=station.choice(route), patience_s=timeout_s)
    table[AT] = requests.at_s
    table[DEADLINE] = requests.at_s + setting.request_timeout_s
    fill_in_fetch(table, timeout_s, served.wait_s, work_s, served.left)
    table[MODEL_MARK] = requests.model_mark
    table[MODEL_ROUTE] = requests.model_route
    table[MODEL_QUEUE:] = 0.0
    return Visits(served.wait_s, work_s, served.left, backlog, served.backlog)


def _score(table: Floats, caller: Floats | None, backlog: Backlog, station: Station) -> Visits:
    """Fill in the model server's rows of `table`, which is in order of REACH."""
    work_s = station.work_s(table[MODEL_MARK])
    patience, route = table[DEADLINE] - table[REACH], table[MODEL_ROUTE]
    served = serve(table[REACH], work_s, backlog, station.routing, replica=station.replica(route, caller), route=station.choice(route), patience_s=patience)
    fill_in_score(table, patience, served.wait_s, work_s, served.left)
    return Visits(served.wait_s, work_s, served.left, backlog, served.backlog)


def _score_in_batches(table: Floats, backlog: Backlog, station: Station, until_s: float) -> tuple[Visits, NDArray[np.bool_], float]:
    """As `_score`; the visits of those whose fate is known by `until_s`, where it is not, and the work taken."""
    assert station.batching is not None
    served = serve_in_batches(table[REACH], station.item_s(table[MODEL_MARK]), BatchBacklog(backlog.free_s), station.batching, deadline_s=table[DEADLINE], until_s=until_s)
    known = ~served.waiting
    fill_in_score(table, table[DEADLINE] - table[REACH], served.wait_s, served.took_s, served.left)
    if served.waiting.any():
        table[MODEL_QUEUE:, served.waiting] = 0.0
    return Visits(served.wait_s[known], served.took_s[known], served.left[known], backlog, Backlog(served.backlog.free_s)), served.waiting, served.work_s
