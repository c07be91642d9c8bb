"""What is in force at the two stations at a moment: the spec with the world's levers applied, and what the fleet takes its orders from."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from simulator.dataplane.batching import Batching
from simulator.dataplane.callers import Callers
from simulator.dataplane.queues import ROUTINGS, Routing, tick_at
from simulator.dataplane.specs import FEATURE_SERVER, MODEL_SERVER, ServiceSpec, Setting, Station, StationSpec, weibull_exponent
from simulator.fleet.in_force import FleetSetting, lever_keys, resolve
from simulator.fleet.spec import CallersSpec, FleetSpec
from simulator.levers import Levers
from simulator.timeline import Timeline, Value

SERVICES = (FEATURE_SERVER, MODEL_SERVER)
Away = tuple[bool, bool]
"""Whether a rolling restart keeps a replica away, for each of `SERVICES`."""
_NUMBERS = (
    *(f"serving.slowdown/{name}" for name in SERVICES),
    *(f"serving.queue_limit/{name}" for name in SERVICES),
    *("online.slowdown", "serving.fetch_timeout_ms", "serving.request_timeout_ms"),
    *(f"serving.{name}/{MODEL_SERVER}" for name in ("batch_max", "batch_delay_ms", "batch_prefer")),
    *("callers.attempts", "callers.backoff_ms", "callers.budget"),
)
_CHAMPION = "alias.champion"
_OF_VERSION = ("model.compute_factor", "model.compute_cv")
_SIZE = "model.size_gb"


class InForce:
    """Reads the levers of one world as settings.

    Without a fleet each station has the replicas that `serving.replicas` asks for, at once. With one the fleet says how many
    there are (see `staffed`), and that lever is among those that it follows.
    """

    def __init__(self, spec: ServiceSpec, levers: Levers, fleet: FleetSpec | None = None, callers: CallersSpec | None = None) -> None:
        self._spec, self._levers, self._fleet, self._callers = spec, levers, fleet, callers or CallersSpec()
        self._stations = (spec.feature_server, spec.model_server)
        self._restarts = [levers[f"serving.restart/{name}"] for name in SERVICES]
        self._routings = [levers[f"serving.routing/{name}"] for name in SERVICES]
        self._replicas = [levers[f"serving.replicas/{name}"] for name in SERVICES]
        self._numbers = [levers[name] for name in _NUMBERS]
        self._champion = levers[_CHAMPION]
        self._fleet_keys = lever_keys(fleet) if fleet else ()
        self._fleet_lines = [levers[key] for key in self._fleet_keys]
        self._versions: dict[str, list[Timeline]] = {}
        self._fleet_settings: dict[tuple[tuple[Value, ...], str, Value], FleetSetting] = {}
        """Those found before, by what the levers said: hashing a whole spec takes longer."""

    def at(self, at_s: float) -> Setting:
        """With a fleet, the stations have their standard replicas here."""
        numbers = tuple([line.number_at(at_s) for line in self._numbers])
        routings = tuple([line.text_at(at_s) for line in self._routings])
        version = tuple([line.number_at(at_s) for line in self._of_version(self._champion.text_at(at_s))[:2]])
        if self._fleet:
            return _setting(self._spec, self._callers, numbers, routings, version, (0.0, 0.0), (False, False))
        return _setting(self._spec, self._callers, numbers, routings, version, tuple([line.number_at(at_s) for line in self._replicas]), self.away(at_s))

    def fleet_at(self, at_s: float) -> FleetSetting | None:
        if self._fleet is None:
            return None
        champion = self._champion.text_at(at_s)
        size = self._of_version(champion)[2].at(at_s)
        key = (tuple([line.at(at_s) for line in self._fleet_lines]), champion if size else "", size)
        found = self._fleet_settings.get(key)
        if found is None:
            found = self._fleet_settings[key] = _fleet_setting(self._fleet, self._fleet_keys, *key)
        return found

    @property
    def revision(self) -> int:
        """Changes whenever a lever is pulled."""
        return self._levers.revision

    def away(self, at_s: float) -> Away:
        return self._restarting(at_s, 0), self._restarting(at_s, 1)

    def changes(self, since_s: float, until_s: float) -> list[float]:
        """Moments in (since_s, until_s) at which a setting may change, ascending and distinct."""
        moments = _moments([*self._numbers, *self._routings, *self._restarts, self._champion, *(self._fleet_lines if self._fleet else self._replicas)], since_s, until_s)
        champions = {self._champion.text_at(moment) for moment in (since_s, *_moments([self._champion], since_s, until_s))}
        for champion in sorted(champions):
            moments += _moments(self._of_version(champion), since_s, until_s)
        for station in (0, 1):
            moments += [end for _, end in self._restart_spans(station) if since_s < end < until_s]
        return sorted(dict.fromkeys(moments))

    def _of_version(self, version: str) -> list[Timeline]:
        """Levers of the model version that serves: compute factor, variation, size."""
        lines = self._versions.get(version)
        if lines is None:
            lines = self._versions[version] = [self._levers[f"{name}/{version}"] for name in (*_OF_VERSION, _SIZE)]
        return lines

    def _restarting(self, at_s: float, station: int) -> bool:
        return any(start <= at_s < end for start, end in self._restart_spans(station))

    def _restart_spans(self, station: int) -> list[tuple[float, float]]:
        """From asking to done: one replica after the other is away for `restart_s`."""
        line, spec = self._restarts[station], self._stations[station]
        return [(e.at_s, e.at_s + spec.restart_s * _replicas(self._replicas[station], e.at_s, spec)) for e in line.edits if e.value]


def _moments(lines: list[Timeline], since_s: float, until_s: float) -> list[float]:
    found: list[float] = []
    for line in lines:
        change = line.next_change_after(since_s)
        while change is not None and change < until_s:
            found.append(change)
            change = line.next_change_after(change)
    return found


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


@lru_cache(maxsize=4096)
def staffed(setting: Setting, fetch: int, model: int, fetch_placed: int, model_placed: int, away: Away) -> Setting:
    """The setting with as many replicas as are ready at each station, and those on nodes to pay for.

    A lone replica is replaced before it goes, so a restart never leaves none.
    """
    return replace(
        setting,
        fetch=replace(setting.fetch, replicas=serving(fetch, away[0]), paid_replicas=fetch_placed),
        model=replace(setting.model, replicas=serving(model, away[1]), paid_replicas=model_placed),
    )


def serving(ready: int, restarting: bool) -> int:
    return max(ready - restarting, min(ready, 1))


@lru_cache(maxsize=1024)
def _fleet_setting(spec: FleetSpec, keys: tuple[str, ...], values: tuple[Value, ...], champion: str, size_gb: Value) -> FleetSetting:
    read = {**dict(zip(keys, values, strict=True)), _CHAMPION: champion, f"{_SIZE}/{champion}": size_gb}
    return resolve(spec, read.__getitem__)


@lru_cache(maxsize=1024)
def _setting(
    spec: ServiceSpec, callers: CallersSpec, numbers: tuple[float, ...], routings: tuple[str, ...], version: tuple[float, ...], replicas: tuple[float, ...], away: Away
) -> Setting:
    fetch_slowdown, model_slowdown, fetch_limit, model_limit, store_slowdown, fetch_timeout_ms, request_timeout_ms = numbers[:7]
    batch_max, batch_delay_ms, batch_prefer, attempts, backoff_ms, budget = numbers[7:]
    factor, cv = version
    fetch_factor = fetch_slowdown * (1.0 - spec.store_read_share) + store_slowdown * spec.store_read_share
    request_s = (request_timeout_ms or spec.request_timeout_ms) / 1000.0
    fetch_s = min((fetch_timeout_ms or spec.fetch_timeout_ms) / 1000.0, request_s)
    model = _station(spec.model_server, replicas[1], model_slowdown * factor, routing_in_force(spec.model_server, routings[1]), away[1], model_limit)
    if cv >= 0.0:
        model = replace(model, shape=weibull_exponent(cv))
    return Setting(
        _station(spec.feature_server, replicas[0], fetch_factor, routing_in_force(spec.feature_server, routings[0]), away[0], fetch_limit),
        _in_batches(spec.model_server, model, round(batch_max), batch_delay_ms / 1000.0, round(batch_prefer)),
        tick_at(fetch_s),
        tick_at(request_s),
        Callers(
            round(attempts) or callers.attempts,
            tick_at((callers.backoff_ms if backoff_ms < 0 else backoff_ms) / 1000.0),
            callers.budget if budget < 0 else budget,
        ),
    )


def _station(spec: StationSpec, replicas: float, factor: float, routing: Routing, restarting: bool, queue_limit: float) -> Station:
    paid = round(replicas) or spec.replicas
    return Station(
        replicas=serving(paid, restarting),
        paid_replicas=paid,
        service_s=spec.service_ms / 1000.0 * factor,
        shape=weibull_exponent(spec.service_cv),
        routing=routing,
        cost_per_replica_hour=spec.cost_per_replica_hour,
        queue_limit=round(queue_limit),
    )


def _in_batches(spec: StationSpec, station: Station, most: int, delay_s: float, prefer: int) -> Station:
    """The station with dynamic batching, where a batch may hold more than one request. A request alone in its batch takes as long as without, on average."""
    if most <= 1:
        return station
    batching = Batching(most, tick_at(delay_s), tick_at(station.service_s * (1.0 - spec.batch_share)), min(prefer, most))
    return replace(station, routing="shared", batching=batching, batch_share=spec.batch_share)
