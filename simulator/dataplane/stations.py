"""The two stations that a request passes: the feature server fetches its features, the model server scores it.

Owns what the stations are (specs), what is in force at a moment (`Setting`, resolved from levers) and how requests
pass through both in one stretch of time with nothing changing (`pass_through`), whatever came before (`Passing`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.batching import BatchBacklog, Batching, serve_in_batches
from simulator.dataplane.kernels import Floats
from simulator.dataplane.queues import MOST_REPLICAS, ROUTINGS, Backlog, Routing, on_ticks, serve
from simulator.nature.traffic import Requests

FEATURE_SERVER, MODEL_SERVER = "feature-server", "model-server"


@dataclass(frozen=True, slots=True)
class StationSpec:
    replicas: int
    service_ms: float
    """Mean time that a request keeps a replica busy."""
    service_cv: float = 0.5
    """Standard deviation over mean of that time: 0 constant, 1 exponential, up to 3. The distribution is Weibull's."""
    routing: Routing = "random"
    cost_per_replica_hour: float = 0.0
    restart_s: float = 30.0
    """Time without one replica, for each replica of a rolling restart."""
    batch_share: float = 0.25
    """Part of a request's work that is its own in a batch; the rest is done once for all of the batch."""

    def __post_init__(self) -> None:
        if not 1 <= self.replicas <= MOST_REPLICAS or self.service_ms <= 0 or not 0 <= self.service_cv <= 3 or self.routing not in ROUTINGS:
            raise ValueError(f"1 to {MOST_REPLICAS} replicas, service_ms above 0, service_cv from 0 to 3 and a routing of {', '.join(ROUTINGS)}")
        if not 0 <= self.batch_share <= 1:
            raise ValueError("batch_share goes from 0 to 1")


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    feature_server: StationSpec
    model_server: StationSpec
    fetch_timeout_ms: float
    """Longest wait for features, queue and fetch, before the model scores on defaults."""
    request_timeout_ms: float
    """Longest wait of the caller for an answer, both stations together."""
    store_read_share: float = 0.7
    """Part of the fetch that is the online store's read; the rest is the feature server's own."""

    def __post_init__(self) -> None:
        if self.fetch_timeout_ms <= 0 or self.request_timeout_ms <= 0 or not 0 <= self.store_read_share <= 1:
            raise ValueError("timeouts must be positive and store_read_share from 0 to 1")


@dataclass(frozen=True, slots=True)
class Station:
    """One station as it is in force for a stretch of time."""

    replicas: int
    """Serving now, without the one that is being restarted."""
    paid_replicas: int
    service_s: float
    shape: float
    """Weibull exponent on a standard exponential mark, see `weibull_exponent`."""
    routing: Routing
    cost_per_replica_hour: float
    batching: Batching | None = None
    """None where each request is served alone. Else all replicas take from one queue, so that the routing is `shared`."""
    batch_share: float = 1.0

    def work_s(self, mark: Floats) -> Floats:
        """Seconds of work from standard exponential marks: mark^shape scaled to the mean, on ticks."""
        scale = self.service_s / math.gamma(1.0 + self.shape)
        if self.shape == 0.0:
            return on_ticks(np.full(mark.size, scale))
        return on_ticks((mark if self.shape == 1.0 else np.power(mark, self.shape)) * scale)

    def item_s(self, mark: Floats) -> Floats:
        """Seconds that each request adds to its batch, on ticks."""
        return on_ticks(self.work_s(mark) * self.batch_share)

    def replica(self, route: Floats) -> NDArray[np.uint8] | None:
        return (route * self.replicas).astype(np.uint8) if self.routing == "random" else None

    def choice(self, route: Floats) -> Floats | None:
        return route if self.routing == "two-choices" else None


@dataclass(frozen=True, slots=True)
class Setting:
    """All that a stretch of time depends on beside the requests. A value: equal settings give equal results."""

    fetch: Station
    model: Station
    fetch_timeout_s: float
    request_timeout_s: float


@lru_cache(maxsize=256)
def weibull_exponent(cv: float) -> float:
    """k such that E^k has coefficient of variation `cv` for a standard exponential E: cv^2 = G(1+2k)/G(1+k)^2 - 1."""
    if cv in (0.0, 1.0):
        return cv
    low, high = 0.0, 8.0
    for _ in range(80):
        k = 0.5 * (low + high)
        if math.exp(math.lgamma(1.0 + 2.0 * k) - 2.0 * math.lgamma(1.0 + k)) - 1.0 < cv * cv:
            low = k
        else:
            high = k
    return 0.5 * (low + high)


AT, REACH, DEADLINE, FILLED, FETCH_QUEUE, FETCH_COMPUTE, MODEL_MARK, MODEL_ROUTE, MODEL_QUEUE, MODEL_COMPUTE, END, ANSWERED = range(12)
"""Rows of a table of requests. Times are seconds on the clock of the stretch; FILLED and ANSWERED are 0 or 1.
A request times out (ANSWERED 0) at its DEADLINE; the time until then counts to the stage where it was."""
FIELDS = 12
BEFORE_MODEL = (AT, REACH, DEADLINE)
CLOCKS = (*BEFORE_MODEL, END)
"""Rows that hold times; END only once the request has reached the model server."""


@dataclass(frozen=True, slots=True)
class Passing:
    """Everything under way at one moment, on a clock that starts there. Hashable and canonical."""

    fetch: Backlog
    model: Backlog
    fetching: bytes = b""
    """Requests that have not reached the model server, a table of `FIELDS` rows in order of arrival."""
    scoring: bytes = b""
    """Requests whose end is known and still to come, likewise, in the order in which they reached the model server."""
    waiting: bytes = b""
    """Requests that wait at the model server for a batch, likewise."""

    @classmethod
    def nothing(cls, setting: Setting) -> Passing:
        return cls(Backlog.idle(setting.fetch.replicas), Backlog.idle(setting.model.replicas))

    @property
    def in_system(self) -> int:
        return (len(self.fetching) + len(self.scoring) + len(self.waiting)) // (8 * FIELDS)


@dataclass(frozen=True, slots=True)
class Passed:
    ended: Floats
    """Requests that ended in the stretch, [FIELDS, n], on its clock."""
    passing: Passing
    """On a clock that starts where the stretch ends."""
    fetch_busy_s: float
    model_busy_s: float


def _table(kept: bytes) -> Floats:
    return np.frombuffer(kept).reshape(FIELDS, -1)


def _kept(table: Floats, clocks: tuple[int, ...], by_s: float) -> bytes:
    moved = table.copy()
    for row in clocks:
        moved[row] -= by_s
    return moved.tobytes()


def pass_through(requests: Requests, passing: Passing, setting: Setting, length_s: float) -> Passed:
    """Take the requests that arrive in a stretch of `length_s`, and those under way, as far as its end.

    Args:
        requests: `at_s` in [0, length_s), on ticks.
        passing: what was under way at the start; resized to the setting's replicas.
    """
    fetch_start = passing.fetch.resized(setting.fetch.replicas, setting.fetch.routing)
    model_start = passing.model.resized(setting.model.replicas, setting.model.routing)
    new, fetch_end, fetch_work_s = _fetch(requests, fetch_start, setting)
    pool = np.concatenate((_table(passing.fetching), new), axis=1) if passing.fetching else new
    if pool.shape[1]:
        order = np.argsort(pool[REACH], kind="stable")
        ready = int(np.searchsorted(pool[REACH, order], length_s))
        fetching = _kept(pool[:, np.sort(order[ready:])], BEFORE_MODEL, length_s) if ready < order.size else b""
        scored = np.take(pool, order[:ready], axis=1)
    else:
        fetching, scored = b"", pool
    if passing.waiting:
        scored = np.concatenate((_table(passing.waiting), scored), axis=1)
    waiting = b""
    if setting.model.batching is None:
        model_end, model_work_s = _score(scored, model_start, setting)
    else:
        scored, waits, model_end, model_work_s = _score_in_batches(scored, model_start, setting.model, setting.model.batching, length_s)
        waiting = _kept(waits, BEFORE_MODEL, length_s) if waits.shape[1] else b""
    known = np.concatenate((_table(passing.scoring), scored), axis=1) if passing.scoring else scored
    over = known[END] < length_s
    all_over = bool(over.all())
    scoring = b"" if all_over else _kept(known[:, ~over], CLOCKS, length_s)
    after = Passing(fetch_end.later(length_s), model_end.later(length_s), fetching, scoring, waiting)
    return Passed(
        known if all_over else np.take(known, np.flatnonzero(over), axis=1),
        after,
        fetch_work_s + fetch_start.work_s - after.fetch.work_s,
        model_work_s + model_start.work_s - after.model.work_s,
    )


def _fetch(requests: Requests, backlog: Backlog, setting: Setting) -> tuple[Floats, Backlog, float]:
    """Requests through the feature server as a new table, its backlog then, and the seconds of work accepted."""
    station, timeout_s = setting.fetch, setting.fetch_timeout_s
    work_s = station.work_s(requests.fetch_mark)
    served = serve(requests.at_s, work_s, backlog, station.routing, replica=station.replica(requests.fetch_route), route=station.choice(requests.fetch_route), patience_s=timeout_s)
    table = np.empty((FIELDS, requests.count))
    spent = served.wait_s + work_s
    filled = served.left | (spent > timeout_s)
    table[AT] = requests.at_s
    table[DEADLINE] = requests.at_s + setting.request_timeout_s
    table[FILLED] = filled
    table[FETCH_QUEUE] = served.wait_s
    table[FETCH_COMPUTE] = np.where(filled, timeout_s - served.wait_s, work_s)
    table[REACH] = requests.at_s + np.where(filled, timeout_s, spent)
    table[MODEL_MARK] = requests.model_mark
    table[MODEL_ROUTE] = requests.model_route
    table[MODEL_QUEUE:] = 0.0
    return table, served.backlog, float(np.sum(work_s, where=~served.left))


def _score(table: Floats, backlog: Backlog, setting: Setting) -> tuple[Backlog, float]:
    """Fill in the model server's rows of `table`, which is in order of REACH; its backlog then, and the work accepted."""
    station = setting.model
    work_s = station.work_s(table[MODEL_MARK])
    patience = table[DEADLINE] - table[REACH]
    served = serve(table[REACH], work_s, backlog, station.routing, replica=station.replica(table[MODEL_ROUTE]), route=station.choice(table[MODEL_ROUTE]), patience_s=patience)
    _fill_in(table, patience, served.wait_s, work_s, served.left)
    return served.backlog, float(np.sum(work_s, where=~served.left))


def _score_in_batches(table: Floats, backlog: Backlog, station: Station, batching: Batching, until_s: float) -> tuple[Floats, Floats, Backlog, float]:
    """As `_score`, for the requests of `table` whose fate is known by `until_s`; a table of those, one of the others, the backlog then, and the work taken."""
    start = BatchBacklog(backlog.free_s)
    served = serve_in_batches(table[REACH], station.item_s(table[MODEL_MARK]), start, batching, deadline_s=table[DEADLINE], until_s=until_s)
    known = ~served.waiting
    scored = table[:, known]
    _fill_in(scored, scored[DEADLINE] - scored[REACH], served.wait_s[known], served.took_s[known], served.left[known])
    return scored, table[:, served.waiting], Backlog(served.backlog.free_s), served.work_s


def _fill_in(table: Floats, patience: Floats, wait_s: Floats, work_s: Floats, left: NDArray[np.bool_]) -> None:
    """The model server's rows, from the time that each request waited and the time that it then took."""
    late = wait_s + work_s > patience
    late |= left
    table[MODEL_QUEUE] = wait_s
    table[MODEL_COMPUTE] = np.where(late, patience - wait_s, work_s)
    table[END] = table[REACH] + table[MODEL_QUEUE] + table[MODEL_COMPUTE]
    table[ANSWERED] = ~late
