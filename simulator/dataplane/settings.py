"""What is in force at the two stations at a moment: the spec with the world's levers applied."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from simulator.dataplane.batching import Batching
from simulator.dataplane.queues import ROUTINGS, Routing, tick_at
from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER, ServiceSpec, Setting, Station, StationSpec, weibull_exponent
from simulator.levers import Levers
from simulator.timeline import Timeline

Values = tuple[float, ...]


class InForce:
    """Reads the levers of one world as settings."""

    def __init__(self, spec: ServiceSpec, levers: Levers) -> None:
        self._spec = spec
        self._restarts = [(levers[f"serving.restart/{name}"], station) for name, station in ((FEATURE_SERVER, spec.feature_server), (MODEL_SERVER, spec.model_server))]
        self._routings = [levers[f"serving.routing/{name}"] for name in (FEATURE_SERVER, MODEL_SERVER)]
        self._replicas = [levers[f"serving.replicas/{name}"] for name in (FEATURE_SERVER, MODEL_SERVER)]
        self._numbers = [
            *self._replicas,
            *(levers[f"serving.slowdown/{name}"] for name in (FEATURE_SERVER, MODEL_SERVER)),
            *(levers[name] for name in ("online.slowdown", "serving.fetch_timeout_ms", "serving.request_timeout_ms")),
            *(levers[f"{name}/{MODEL_SERVER}"] for name in ("serving.batch_max", "serving.batch_delay_ms")),
        ]

    def at(self, at_s: float) -> Setting:
        numbers, routings = tuple(line.number_at(at_s) for line in self._numbers), tuple(line.text_at(at_s) for line in self._routings)
        return _setting(self._spec, numbers, routings, self._restarting(at_s, 0), self._restarting(at_s, 1))

    def changes(self, since_s: float, until_s: float) -> list[float]:
        """Moments in (since_s, until_s) at which the setting may change, ascending and distinct."""
        moments: list[float] = []
        for line in (*self._numbers, *self._routings, *(line for line, _ in self._restarts)):
            change = line.next_change_after(since_s)
            while change is not None and change < until_s:
                moments.append(change)
                change = line.next_change_after(change)
        for station in (0, 1):
            moments += [end for _, end in self._restart_spans(station) if since_s < end < until_s]
        return sorted(dict.fromkeys(moments))

    def _restarting(self, at_s: float, station: int) -> bool:
        return any(start <= at_s < end for start, end in self._restart_spans(station))

    def _restart_spans(self, station: int) -> list[tuple[float, float]]:
        """From asking to done: one replica after the other is away for `restart_s`."""
        line, spec = self._restarts[station]
        return [(e.at_s, e.at_s + spec.restart_s * _replicas(self._replicas[station], e.at_s, spec)) for e in line.edits if e.value]


def _replicas(line: Timeline, at_s: float, spec: StationSpec) -> int:
    return round(line.number_at(at_s)) or spec.replicas


def routing_in_force(spec: StationSpec, pulled: str) -> Routing:
    """The routing that the lever's value stands for. Raises ValueError where it names none."""
    if not pulled:
        return spec.routing
    for routing in ROUTINGS:
        if routing == pulled:
            return routing
    raise ValueError(f"no routing {pulled}; there are {', '.join(ROUTINGS)}")


@lru_cache(maxsize=1024)
def _setting(spec: ServiceSpec, values: Values, routings: tuple[str, ...], fetch_restarting: bool, model_restarting: bool) -> Setting:
    fetch_replicas, model_replicas, fetch_slowdown, model_slowdown, store_slowdown, fetch_timeout_ms, request_timeout_ms, batch_max, batch_delay_ms = values
    fetch_factor = fetch_slowdown * (1.0 - spec.store_read_share) + store_slowdown * spec.store_read_share
    request_s = (request_timeout_ms or spec.request_timeout_ms) / 1000.0
    fetch_s = min((fetch_timeout_ms or spec.fetch_timeout_ms) / 1000.0, request_s)
    model = _station(spec.model_server, model_replicas, model_slowdown, routing_in_force(spec.model_server, routings[1]), model_restarting)
    return Setting(
        _station(spec.feature_server, fetch_replicas, fetch_factor, routing_in_force(spec.feature_server, routings[0]), fetch_restarting),
        _in_batches(spec.model_server, model, round(batch_max), batch_delay_ms / 1000.0),
        tick_at(fetch_s),
        tick_at(request_s),
    )


def _station(spec: StationSpec, replicas: float, factor: float, routing: Routing, restarting: bool) -> Station:
    """A lone replica is replaced before it goes, so a restart never leaves none."""
    paid = round(replicas) or spec.replicas
    return Station(max(paid - restarting, 1), paid, spec.service_ms / 1000.0 * factor, weibull_exponent(spec.service_cv), routing, spec.cost_per_replica_hour)


def _in_batches(spec: StationSpec, station: Station, most: int, delay_s: float) -> Station:
    """The station with dynamic batching, where a batch may hold more than one request. A request alone in its batch takes as long as without, on average."""
    if most <= 1:
        return station
    batching = Batching(most, tick_at(delay_s), tick_at(station.service_s * (1.0 - spec.batch_share)))
    return replace(station, routing="shared", batching=batching, batch_share=spec.batch_share)
