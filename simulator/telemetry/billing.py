"""The bill of a world: every dollar that nodes and training cost, by window, resource, team, use and model version.

A node is paid for by the second at the price of its machine and market, whether it works or not. Of a pool's cost a service on it
carries what its replicas requested of the nodes, and the rest is idle, which the pool's own team carries. What the model server
carries is split among model versions by the share of the predictions that each decides.
A charge falls in the window that holds it, and a window belongs to the span in which it begins, so that spans add up however they are cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from simulator.dataplane.fleet_windows import FleetWindows
from simulator.dataplane.stations import MODEL_SERVER
from simulator.dataplane.windows import WINDOW_S
from simulator.durations import DAY_S, HOUR_S
from simulator.fleet.spec import MARKETS, SPOT, DeploymentSpec, Market, PoolSpec
from simulator.nature.population import Floats
from simulator.world import World

Parts = Mapping[str, Floats]

TRAINING = "training"
IDLE = "idle/"
"""What the unused part of a pool is called, before the pool's name."""
BILLED_AFTER_S = DAY_S
"""The provider's bill of a calendar day is out so long after its end; until then there are node hours at list prices."""


@dataclass(frozen=True, slots=True, eq=False)
class Bill:
    """US dollars by step of time, each part of shape [steps]. Resources, teams and uses each add up to the whole."""

    start_s: Floats
    step_s: float
    resources: Parts
    """Node pools by market, as `gpu/on-demand`, and training."""
    teams: Parts
    uses: Parts
    """Services, what no service requested of a pool as `idle/POOL`, and training."""
    models: Parts
    """What the model server carries, by the version that decided."""
    predictions: Parts
    """Answers, by the version that decided."""

    @property
    def end_s(self) -> Floats:
        return self.start_s + self.step_s

    @property
    def usd(self) -> Floats:
        """The whole, shape [steps]."""
        return np.asarray(np.sum(list(self.resources.values()), axis=0))

    def by(self, step_s: float) -> Bill:
        """The same by longer steps that begin at multiples of `step_s`; those at the ends may be in part."""
        place = (self.start_s // step_s).astype(np.int64)
        first = int(place[0]) if len(place) else 0
        steps = int(place[-1]) + 1 - first if len(place) else 0

        def longer(parts: Parts) -> dict[str, Floats]:
            return {name: np.bincount(place - first, weights=values, minlength=steps).astype(np.float64) for name, values in parts.items()}

        starts = np.arange(first, first + steps, dtype=np.float64) * step_s
        return Bill(starts, step_s, longer(self.resources), longer(self.teams), longer(self.uses), longer(self.models), longer(self.predictions))


def bill_of(world: World, since_s: float, until_s: float) -> Bill:
    """The bill by window of the span, as far as it is settled."""
    fleet, answered = _fleet(world, since_s, until_s), _answered(world, since_s, until_s)
    resources = _resources(world, fleet)
    teams: dict[str, Floats] = {}
    uses: dict[str, Floats] = {}
    for pool in world.spec.fleet.pools:
        for use, usd, team in _carried(world, pool, fleet, np.asarray(np.sum([resources[name] for name in _markets(pool)], axis=0))):
            uses[use] = usd
            teams[team] = teams.get(team, 0.0) + usd
    uses[TRAINING] = resources[TRAINING]
    payer = training_team(world)
    teams[payer] = teams.get(payer, 0.0) + resources[TRAINING]
    return Bill(fleet.start_s, WINDOW_S, resources, teams, uses, _by_version(world, fleet.start_s, uses[MODEL_SERVER]), _by_version(world, fleet.start_s, answered))


def resource_costs(world: World, since_s: float, until_s: float) -> tuple[Floats, Parts]:
    """Starts of the windows of a span, and `Bill.resources` of them alone."""
    fleet = _fleet(world, since_s, until_s)
    return fleet.start_s, _resources(world, fleet)


def spent(world: World, since_s: float, until_s: float) -> tuple[Floats, Floats]:
    """Starts of the windows of a span, and what each cost in US dollars: the whole of the bill, shape [windows]."""
    start_s, resources = resource_costs(world, since_s, until_s)
    return start_s, np.asarray(np.sum(list(resources.values()), axis=0))


def window_range(world: World, since_s: float, until_s: float) -> tuple[int, int]:
    """The settled windows that begin in [since_s, until_s), as numbers [first, last)."""
    first = max(ceil(since_s / WINDOW_S), 0)
    return first, max(ceil(min(until_s, world.settled_s) / WINDOW_S), first)


def requested_share(pool: PoolSpec, deployment: DeploymentSpec, per_gpu: Floats | float) -> Floats:
    """Part of a node that one replica takes: the largest of its requests over what the machine has."""
    machine = pool.machine
    share = max(deployment.cpus / machine.cpus, deployment.memory_gb / machine.memory_gb)
    cards = 1.0 / (np.asarray(per_gpu) * machine.gpus) if machine.gpus and deployment.gpu_memory_gb else np.zeros(np.shape(per_gpu))
    return np.maximum(share, cards)


def gpu_time(world: World, since_s: float, until_s: float) -> tuple[float, float]:
    """GPU seconds that were paid for, and those of them in which replicas worked, each with its part of the card."""
    fleet = _fleet(world, since_s, until_s)
    paid = sum(float((fleet.pools[p.name].on_demand_s + fleet.pools[p.name].spot_s).sum()) * p.machine.gpus for p in world.spec.fleet.pools)
    busy = 0.0
    for deployment in world.spec.fleet.deployments:
        replicas = fleet.services[deployment.service]
        busy += float((replicas.gpu * replicas.ready / _per_gpu(world, deployment, fleet.start_s)).sum()) * WINDOW_S
    return paid, busy


def training_team(world: World) -> str:
    training = world.spec.training
    return training.team or world.spec.fleet.pool(training.pool).team


def _fleet(world: World, since_s: float, until_s: float) -> FleetWindows:
    first, last = window_range(world, since_s, until_s)
    return world.service.fleet_windows(first * WINDOW_S, last * WINDOW_S)


def _answered(world: World, since_s: float, until_s: float) -> Floats:
    first, last = window_range(world, since_s, until_s)
    return world.service.windows(first * WINDOW_S, last * WINDOW_S).answered


def _markets(pool: PoolSpec) -> dict[str, Market]:
    """Names of a pool's resources, one for each market."""
    return {f"{pool.name}/{market}": market for market in MARKETS}


def _resources(world: World, fleet: FleetWindows) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for pool in world.spec.fleet.pools:
        nodes = fleet.pools[pool.name]
        for name, market in _markets(pool).items():
            found[name] = (nodes.spot_s if market == SPOT else nodes.on_demand_s) * (pool.machine.price(market) / HOUR_S)
    found[TRAINING] = np.zeros(len(fleet.start_s))
    for at_s, _, usd in world.charges:
        window = int(at_s // WINDOW_S) - int(fleet.start_s[0] // WINDOW_S) if len(fleet.start_s) else -1
        if 0 <= window < len(fleet.start_s):
            found[TRAINING][window] += usd
    return found


def _carried(world: World, pool: PoolSpec, fleet: FleetWindows, cost: Floats) -> Iterator[tuple[str, Floats, str]]:
    """A pool's cost as use, US dollars and team. Where replicas requested more than there was, they share all of it."""
    nodes = fleet.pools[pool.name]
    requested = [
        (d, fleet.services[d.service].placed * requested_share(pool, d, _per_gpu(world, d, fleet.start_s)) * WINDOW_S) for d in world.spec.fleet.deployments if d.pool == pool.name
    ]
    whole = np.maximum(nodes.on_demand_s + nodes.spot_s, sum((part for _, part in requested), np.zeros(len(cost))))
    idle = cost.copy()
    for deployment, part in requested:
        usd = cost * part / np.where(whole > 0, whole, 1.0)
        idle -= usd
        yield deployment.service, usd, deployment.team
    yield IDLE + pool.name, idle, pool.team


def _per_gpu(world: World, deployment: DeploymentSpec, start_s: Floats) -> Floats:
    pulled = world.levers[f"serving.per_gpu/{deployment.service}"].numbers(start_s)
    return np.where(pulled > 0, pulled, float(deployment.per_gpu))


def _by_version(world: World, start_s: Floats, values: Floats) -> dict[str, Floats]:
    """`values` of windows, shape [windows], split by how long each version decided in the window, and which share of the predictions."""
    out: dict[str, Floats] = {}
    if not len(start_s):
        return out
    for since_s, until_s, shares in _deciding(world, float(start_s[0]), float(start_s[-1]) + WINDOW_S):
        low = int((since_s - start_s[0]) // WINDOW_S)
        high = ceil((until_s - start_s[0]) / WINDOW_S)
        inside = np.minimum(start_s[low:high] + WINDOW_S, until_s) - np.maximum(start_s[low:high], since_s)
        for version, share in shares:
            out.setdefault(version, np.zeros(len(start_s)))[low:high] += values[low:high] * (share * inside / WINDOW_S)
    return out


def _deciding(world: World, since_s: float, until_s: float) -> Iterator[tuple[float, float, tuple[tuple[str, float], ...]]]:
    """Spans in which nothing about the choice of version changes, with versions and their shares of predictions."""
    champion, challenger, split = lines = tuple(world.levers[name] for name in ("alias.champion", "alias.challenger", "traffic.challenger_share"))
    while since_s < until_s:
        end_s = min([until_s, *(change for line in lines if (change := line.next_change_after(since_s)) is not None)])
        other = challenger.at(since_s)
        share = split.number_at(since_s) if other else 0.0
        yield since_s, end_s, ((champion.text_at(since_s), 1.0 - share), *(((str(other), share),) if share else ()))
        since_s = end_s
