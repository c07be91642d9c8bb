"""Requests on their way through the two stations: the table that describes them, and all that is under way at one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.kernels import Floats
from simulator.dataplane.queues import Backlog
from simulator.dataplane.specs import Setting, Station

AT, REACH, DEADLINE, FILLED, FETCH_QUEUE, FETCH_COMPUTE, MODEL_MARK, MODEL_ROUTE, MODEL_QUEUE, MODEL_COMPUTE, END, ANSWERED = range(12)
"""Rows of a table of requests. Times are seconds on the clock of the stretch; FILLED and ANSWERED are 0 or 1.
A request times out (ANSWERED 0) at its DEADLINE; the time until then counts to the stage where it was.
So does that of a request which is lost (at END) or turned away (at REACH)."""
FIELDS = 12

FETCH_MARK, FETCH_ROUTE, CALLER, ATTEMPT, FATE, FETCH_DEADLINE, FETCH_LEAVE, FETCH_REPLICA, MODEL_LEAVE, MODEL_REPLICA = range(FIELDS, 22)
"""Further rows of requests under way. FETCH_LEAVE and MODEL_LEAVE: when the request leaves the station's replica or, unserved, its queue.
FETCH_REPLICA and MODEL_REPLICA: index of the replica, or UNPLACED or GONE. ATTEMPT counts tries from 1."""
ROWS = 22

TIMEOUT, TURNED_AWAY, LOST = 0.0, 1.0, 2.0
"""FATE of a request that gets no answer."""
UNPLACED, GONE = -1.0, -2.0
"""No replica of its own: in a shared queue, or where there is no replica. And: at a replica that takes no more and finishes what it has."""

BEFORE_MODEL = (AT, REACH, DEADLINE)
CLOCKS = (*BEFORE_MODEL, END)
"""Rows that hold times; END only once the request has reached the model server."""
FETCHING_CLOCKS = (*BEFORE_MODEL, FETCH_DEADLINE, FETCH_LEAVE)
SCORING_CLOCKS = (*CLOCKS, MODEL_LEAVE)
"""As the two above, with the further rows that still matter there."""


@dataclass(frozen=True, slots=True)
class Passing:
    """Everything under way at one moment, on a clock that starts there. Hashable and canonical."""

    fetch: Backlog
    model: Backlog
    fetching: bytes = b""
    """Requests that have not reached the model server, a table of `ROWS` rows in order of arrival."""
    scoring: bytes = b""
    """Requests whose end is known and still to come, likewise, in the order in which they reached the model server."""
    waiting: bytes = b""
    """Requests that wait at the model server for a batch, likewise."""
    retrying: bytes = b""
    """Tries that callers will make, likewise, in order of their AT; of the other rows only marks, CALLER and ATTEMPT count."""
    tries: bytes = b""
    """Tries of the last minute that count for the budget, two rows: when, ascending, and 0 for a first try or 1 for one granted again."""

    @classmethod
    def nothing(cls, setting: Setting) -> Passing:
        return cls(Backlog((0.0,) * setting.fetch.replicas), Backlog((0.0,) * setting.model.replicas))

    @property
    def in_system(self) -> int:
        return (len(self.fetching) + len(self.scoring) + len(self.waiting)) // (8 * ROWS)

    @property
    def trying_again(self) -> int:
        """Callers between two tries."""
        return len(self.retrying) // (8 * ROWS)


@dataclass(frozen=True, slots=True)
class Taken:
    """Requests that the replicas of a station took on in a stretch, one entry each, on its clock."""

    arrive_s: Floats
    wait_s: Floats
    work_s: Floats
    """That the request keeps its replica busy once it has waited; in a batch the whole batch does."""
    left: NDArray[np.bool_]
    """True where nothing was done for the request."""
    most: int = 1
    """Requests of one batch at the most; those of a batch follow each other."""


@dataclass(frozen=True, slots=True)
class Passed:
    ended: Floats
    """Requests that ended in the stretch, [FIELDS, n], on its clock."""
    passing: Passing
    """On a clock that starts where the stretch ends."""
    fetch_busy_s: float
    model_busy_s: float
    retries: int = 0
    """Arrivals in the stretch that were tries again."""
    rejected: int = 0
    """Of those that ended: turned away by the model server."""
    lost: int = 0
    """Of those that ended: gone with a replica."""
    unserved: int = 0
    """Callers whose last try ended in the stretch without an answer."""
    taken: tuple[Taken, Taken] | None = None
    """By the feature server and by the model server."""


def table_of(kept: bytes) -> Floats:
    """Requests under way as a table, [ROWS, n], to be read only."""
    return np.frombuffer(kept).reshape(ROWS, -1)


def kept_of(table: Floats, clocks: tuple[int, ...], by_s: float) -> bytes:
    """A table of requests under way as it is kept, on a clock that starts `by_s` later. Only `FETCHING_CLOCKS` keep where a fetch is."""
    if not table.shape[1]:
        return b""
    moved = table.copy()
    for row in clocks:
        moved[row] -= by_s
    if FETCH_LEAVE not in clocks:
        moved[FETCH_DEADLINE : FETCH_REPLICA + 1] = 0.0
    return moved.tobytes()


def fill_in_score(table: Floats, patience: Floats, wait_s: Floats, work_s: Floats, left: NDArray[np.bool_]) -> None:
    """The model server's rows of `FIELDS`, from the time that each request waited and the time that it then took."""
    late = wait_s + work_s > patience
    late |= left
    table[MODEL_QUEUE] = wait_s
    table[MODEL_COMPUTE] = np.where(late, patience - wait_s, work_s)
    table[END] = table[REACH] + table[MODEL_QUEUE] + table[MODEL_COMPUTE]
    table[ANSWERED] = ~late


def fill_in_fetch(table: Floats, patience: Floats | float, wait_s: Floats, work_s: Floats, left: NDArray[np.bool_]) -> None:
    """Likewise the feature server's, and when the request reaches the model server."""
    spent = wait_s + work_s
    filled = left | (spent > patience)
    table[FILLED] = filled
    table[FETCH_QUEUE] = wait_s
    table[FETCH_COMPUTE] = np.where(filled, patience - wait_s, work_s)
    table[REACH] = table[AT] + np.where(filled, patience, spent)


def taken_over(passing: Passing, setting: Setting) -> Passing:
    """What is under way as a setting finds it: backlogs resized, and replicas that are no more forgotten by their requests."""
    fetch, model = resized(passing.fetch, setting.fetch), resized(passing.model, setting.model)
    fetching, scoring = _relabelled(passing.fetching, FETCH_REPLICA, setting.fetch), _relabelled(passing.scoring, MODEL_REPLICA, setting.model)
    return replace(passing, fetch=fetch, model=model, fetching=fetching, scoring=scoring)


def resized(backlog: Backlog, station: Station) -> Backlog:
    return backlog.resized(station.replicas, station.routing) if station.replicas else Backlog(())


def _relabelled(kept: bytes, row: int, station: Station) -> bytes:
    if not kept:
        return kept
    shared = station.routing == "shared"
    replica = table_of(kept)[row]
    wrong = replica >= (0 if shared else station.replicas)
    if not wrong.any():
        return kept
    table = table_of(kept).copy()
    table[row, wrong] = UNPLACED if shared else GONE
    return table.tobytes()
