"""Replicas that come, go and crash between two stretches, and what becomes of the requests that are with them.

A request that has been accepted has its fate already, as far as nothing changes. Where a change concerns requests that
wait, they are taken back and served again from this moment, in the order in which they came and with the deadlines that
they had; requests in service keep their end unless it is their replica that goes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.at_once import Visits
from simulator.dataplane.callers import next_route
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import (
    ANSWERED,
    AT,
    BEFORE_MODEL,
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
    GONE,
    LOST,
    MODEL_COMPUTE,
    MODEL_LEAVE,
    MODEL_MARK,
    MODEL_QUEUE,
    MODEL_REPLICA,
    MODEL_ROUTE,
    REACH,
    UNPLACED,
    Passing,
    fill_in_fetch,
    fill_in_score,
    kept_of,
    table_of,
    taken_over,
)
from simulator.dataplane.queues import Backlog, serve
from simulator.dataplane.specs import FEATURE_SERVER, MODEL_SERVER, Setting, Station

StationName = Literal["feature-server", "model-server"]
Fate = Literal["drains", "lost", "rerouted"]
"""What a replica that goes does with its requests: finish those that it accepted (of a shared queue those in service), lose them,
or leave them to the other replicas."""
Columns = NDArray[np.int64]


class _Rows(NamedTuple):
    """The rows that tell of a request at one station."""

    arrive: int
    queue: int
    compute: int
    leave: int
    replica: int
    limit: int
    mark: int
    route: int


_AT_FETCH = _Rows(AT, FETCH_QUEUE, FETCH_COMPUTE, FETCH_LEAVE, FETCH_REPLICA, FETCH_DEADLINE, FETCH_MARK, FETCH_ROUTE)
_AT_MODEL = _Rows(REACH, MODEL_QUEUE, MODEL_COMPUTE, MODEL_LEAVE, MODEL_REPLICA, DEADLINE, MODEL_MARK, MODEL_ROUTE)


def with_replica(passing: Passing, setting: Setting, station: StationName) -> Passing:
    """One more replica, idle and the last of them. It helps those who wait in a shared queue, or where there was none, at once.

    Args:
        setting: the one in force until now, without the replica.
    """
    scene = _Scene(taken_over(passing, setting), setting, station)
    more = replace(scene.station, replicas=scene.station.replicas + 1)
    if scene.station.batching is not None:
        return scene.after(Backlog((0.0, *scene.backlog.free_s)))
    if scene.station.routing == "shared" or scene.station.replicas == 0:
        free_s, waiting = scene.taken_back()
        return scene.after(scene.served_again(waiting, Backlog((0.0, *free_s)), more))
    backlog = scene.backlog
    return scene.after(replace(backlog, free_s=(*backlog.free_s, 0.0), leaves_s=(*backlog.leaves_s, ()) if backlog.leaves_s else ()))


def without_replica(passing: Passing, setting: Setting, station: StationName, index: int, fate: Fate) -> Passing:
    """One replica less.

    Args:
        setting: the one in force until now, with the replica.
        index: of the replica; in a shared queue by the time when it is free, idle ones first.
        fate: of the requests that are with it. Those that are lost end at once and get no answer; those that are rerouted
            begin again elsewhere.

    Raises:
        ValueError: no replica has this index.
    """
    scene = _Scene(taken_over(passing, setting), setting, station)
    if not 0 <= index < scene.station.replicas:
        raise ValueError(f"the {station} has replicas 0 to {scene.station.replicas - 1}, not {index}")
    rest = replace(scene.station, replicas=scene.station.replicas - 1)
    if scene.station.batching is not None:
        free_s = scene.backlog.free_s
        members = scene.behind(free_s[index])
        if fate == "rerouted":
            scene.back_to_the_queue(members)
        else:
            scene.end(members, fate)
        return scene.after(Backlog(_without(free_s, index)))
    if scene.station.routing == "shared":
        free_s, again = scene.taken_back()
        members = scene.behind(free_s[index])
        backlog = Backlog(_without(free_s, index))
    else:
        members, again = scene.at_replica(index), np.empty(0, dtype=np.int64)
        scene.forget(index)
        backlog = _backlog_without(scene.backlog, index)
        if fate == "rerouted":
            scene.table[scene.rows.route, members] = next_route(scene.table[scene.rows.route, members])
    if fate == "rerouted":
        again = np.union1d(again, members)
    else:
        scene.end(members, fate)
    return scene.after(scene.served_again(again, backlog, rest))


def _without(values: tuple[float, ...], index: int) -> tuple[float, ...]:
    return values[:index] + values[index + 1 :]


def _backlog_without(backlog: Backlog, index: int) -> Backlog:
    free_s = _without(backlog.free_s, index)
    turn = (backlog.turn - (backlog.turn > index)) % len(free_s) if free_s else 0
    return Backlog(free_s, turn, backlog.leaves_s[:index] + backlog.leaves_s[index + 1 :])


class _Scene:
    """One station and the requests whose fate there is known, while a change is worked out."""

    def __init__(self, passing: Passing, setting: Setting, name: StationName) -> None:
        if name not in {FEATURE_SERVER, MODEL_SERVER}:
            raise ValueError(f"no station {name}; there are {FEATURE_SERVER} and {MODEL_SERVER}")
        self._passing = passing
        self._at_fetch = name == FEATURE_SERVER
        self.station: Station = setting.fetch if self._at_fetch else setting.model
        self.backlog = passing.fetch if self._at_fetch else passing.model
        self.rows = _AT_FETCH if self._at_fetch else _AT_MODEL
        self.table = table_of(passing.fetching if self._at_fetch else passing.scoring).copy()
        self._away = np.zeros(self.table.shape[1], dtype=np.bool_)
        """Requests that are no longer in this table."""
        self._lost = np.zeros(self.table.shape[1], dtype=np.bool_)

    @property
    def _start_s(self) -> Floats:
        return np.asarray(self.table[self.rows.arrive] + self.table[self.rows.queue])

    @property
    def _there(self) -> NDArray[np.bool_]:
        """Requests that are still at the station; a model server's caller may have given up, while its replica goes on."""
        return np.asarray(self.table[REACH if self._at_fetch else END] > 0.0)

    def taken_back(self) -> tuple[tuple[float, ...], Columns]:
        """When replicas are free, ascending, without those who wait at no replica of their own; and these, in the order in which they came.

        Who began last is taken off first: its replica was free again when it began.
        """
        free_s, start_s, leave_s = list(self.backlog.free_s), self._start_s, self.table[self.rows.leave]
        waiting = np.flatnonzero((self.table[self.rows.replica] == UNPLACED) & (start_s > 0.0) & self._there)
        taken = []
        for c in waiting[np.argsort(-start_s[waiting], kind="stable")].tolist():
            if leave_s[c] > start_s[c]:
                if leave_s[c] not in free_s:
                    continue
                free_s[free_s.index(leave_s[c])] = float(start_s[c])
            taken.append(c)
        return tuple(sorted(free_s)), np.array(sorted(taken), dtype=np.int64)

    def behind(self, free_s: float) -> Columns:
        """Requests at no replica of their own that keep one busy until `free_s`: what it serves now, and what is known to follow there."""
        found: list[int] = []
        start_s, leave_s = self._start_s, self.table[self.rows.leave]
        open_ = (self.table[self.rows.replica] == UNPLACED) & (leave_s > start_s) & self._there
        most = self.station.batching.most if self.station.batching else 1
        while free_s > 0.0:
            last = np.flatnonzero(open_ & (leave_s == free_s))
            if not last.size:
                break
            free_s = float(start_s[last[0]])
            last = last[start_s[last] == free_s][:most]
            open_[last] = False
            found += last.tolist()
        return np.array(sorted(found), dtype=np.int64)

    def at_replica(self, index: int) -> Columns:
        """Requests in service and in the queue at one replica, where each has its own."""
        start_s = self._start_s
        own = (self.table[self.rows.replica] == index) & self._there
        served = own & (self.table[self.rows.leave] > start_s)
        first_s = float(start_s[served].min()) if served.any() else self.backlog.free_s[index]
        return np.union1d(np.flatnonzero(own), self.behind(first_s))

    def forget(self, index: int) -> None:
        """Replicas behind this one move up by one."""
        replica = self.table[self.rows.replica]
        replica[replica == index] = GONE
        replica[replica > index] -= 1.0

    def end(self, columns: Columns, fate: Fate) -> None:
        """Requests drain with their replica, or end now without an answer."""
        table, rows = self.table, self.rows
        table[rows.replica, columns] = GONE
        if fate == "drains":
            return
        part = table[:, columns]
        part[rows.queue] = np.minimum(part[rows.queue], -part[rows.arrive])
        part[rows.compute] = -part[rows.arrive] - part[rows.queue]
        if self._at_fetch:
            part[[FILLED, REACH, MODEL_QUEUE, MODEL_COMPUTE]] = 0.0
            self._away[columns] = True
        part[[END, ANSWERED, MODEL_LEAVE]] = 0.0
        part[FATE], part[MODEL_REPLICA] = LOST, GONE
        table[:, columns] = part
        self._lost[columns] = True

    def back_to_the_queue(self, columns: Columns) -> None:
        """Requests of a batch wait for another."""
        self.table[MODEL_QUEUE : ANSWERED + 1, columns] = 0.0
        self.table[[[MODEL_LEAVE], [MODEL_REPLICA]], columns] = 0.0
        self._away[columns] = True

    def served_again(self, columns: Columns, backlog: Backlog, station: Station) -> Backlog:
        """Requests come to the replicas of `backlog` now; the backlog then."""
        if not columns.size:
            return backlog
        part, rows = self.table[:, columns], self.rows
        work_s, limit_s, route, caller = station.work_s(part[rows.mark]), part[rows.limit], part[rows.route], part[CALLER]
        if station.replicas:
            replica = station.replica(route, caller)
            served = serve(np.zeros(columns.size), work_s, backlog, station.routing, replica=replica, route=station.choice(route), patience_s=limit_s)
            visits = Visits(served.wait_s, work_s, served.left, backlog, served.backlog)
        else:
            visits = Visits(limit_s, work_s, np.ones(columns.size, dtype=np.bool_), backlog, backlog)
        which = np.arange(columns.size)
        part[rows.leave] = visits.leave_s(np.zeros(columns.size), which)
        part[rows.replica] = visits.replicas(station, which, route, caller, part[rows.leave]) if station.replicas else UNPLACED
        fill_in = fill_in_fetch if self._at_fetch else fill_in_score
        fill_in(part, limit_s - part[rows.arrive], visits.wait_s - part[rows.arrive], work_s, visits.left)
        self.table[:, columns] = part
        return visits.after

    def after(self, backlog: Backlog) -> Passing:
        """Everything under way after the change."""
        passing, stay = self._passing, self.table[:, ~self._away].tobytes()
        if self._at_fetch:
            lost = kept_of(self.table[:, self._lost], BEFORE_MODEL, 0.0)
            return replace(passing, fetch=backlog.later(0.0), fetching=stay, scoring=_together(passing.scoring, lost))
        waiting = _together(kept_of(self.table[:, self._away], BEFORE_MODEL, 0.0), passing.waiting)
        return replace(passing, model=_ascending(backlog, self.station).later(0.0), scoring=stay, waiting=_in_order_of(REACH, waiting))


def _ascending(backlog: Backlog, station: Station) -> Backlog:
    return replace(backlog, free_s=tuple(sorted(backlog.free_s))) if station.batching else backlog


def _together(first: bytes, second: bytes) -> bytes:
    return np.concatenate((table_of(first), table_of(second)), axis=1).tobytes() if first and second else first or second


def _in_order_of(row: int, kept: bytes) -> bytes:
    table = table_of(kept)
    return table[:, np.argsort(table[row], kind="stable")].tobytes()
