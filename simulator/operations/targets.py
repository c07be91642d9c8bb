"""What a move can be aimed at, by name. Each lookup raises Refused with the names that there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulator.dataplane.features import SOURCE_OF, VIEW, View
from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER, StationSpec
from simulator.dataplane.transform import VERSIONS
from simulator.errors import Refused
from simulator.fleet.in_force import FleetSetting, resolve
from simulator.fleet.spec import PoolSpec
from simulator.platform.dags import DAG, Dag
from simulator.spec import AlertRule, Owner
from simulator.timeline import Value
from simulator.world import World

STREAMED_FIELDS = tuple(SOURCE_OF.values())
"""Fields that arrive from another team's stream, as source.field."""


def known_dag(name: str) -> Dag:
    return DAG[_known("DAG", name, DAG)]


def known_view(name: str) -> View:
    return VIEW[_known("feature view", name, VIEW)]


def known_field(name: str) -> str:
    return _known("streamed field", name, STREAMED_FIELDS)


def known_transform(name: str) -> str:
    return _known("transform version", name, VERSIONS)


def known_rule(world: World, name: str) -> AlertRule:
    rules = {rule.name: rule for rule in world.spec.alerts}
    return rules[_known("alert rule", name, rules)]


def known_service(world: World, name: str) -> StationSpec:
    services = {FEATURE_SERVER: world.spec.service.feature_server, MODEL_SERVER: world.spec.service.model_server}
    return services[_known("service", name, services)]


def known_pool(world: World, name: str) -> PoolSpec:
    return world.spec.fleet.pool(_known("node pool", name, [pool.name for pool in world.spec.fleet.pools]))


def fleet_with(world: World, pulls: Mapping[str, Value]) -> FleetSetting:
    """What is in force for pools and services now, with levers as in `pulls`."""
    return resolve(world.spec.fleet, lambda key: pulls[key] if key in pulls else world.levers[key].at(world.now_s))


def owner_of(world: World, source: str) -> Owner:
    """The team that owns `source`."""
    owners = {owned: owner for owner in world.spec.owners for owned in owner.owns}
    return owners[_known("source", source, owners)]


def _known(what: str, name: str, names: Iterable[str]) -> str:
    valid = tuple(names)
    if name not in valid:
        raise Refused(f"no {what} {name}; there are {', '.join(valid)}")
    return name
