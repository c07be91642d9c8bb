"""What a system is made of, read from its file in `content/systems`: traffic, services, fleet, money, alert rules, owners, its map."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import content
from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER, ServiceSpec, StationSpec
from simulator.errors import ContentError
from simulator.fleet.declared import declared
from simulator.fleet.prices import Prices, load_prices
from simulator.fleet.spec import CallersSpec, FleetSpec, TrainingSpec
from simulator.nature.traffic import TrafficSpec
from simulator.platform.dags import DAGS


@dataclass(frozen=True, slots=True)
class MoneySpec:
    fraud_fee_usd: float
    """Paid for each chargeback beside the amount."""
    margin: float
    """Share of an approved amount that is earned."""
    decline_usd: float
    """Cost of turning away a good customer, beside the lost margin."""
    timeout_usd: float


@dataclass(frozen=True, slots=True)
class AlertRule:
    name: str
    signal: str
    """What is measured; see simulator/telemetry/signals.py."""
    op: str
    threshold: float
    for_s: float
    severity: str
    summary: str


@dataclass(frozen=True, slots=True)
class Owner:
    """A team that owns sources or platforms, and can be asked."""

    name: str
    owns: tuple[str, ...]
    answers_after_s: float


@dataclass(frozen=True, slots=True)
class Component:
    """One place on the platform map."""

    id: str
    label: str
    monitors: tuple[str, ...]
    """Alert rules by name and tasks as `dag.task` that watch it; empty where nothing does."""


@dataclass(frozen=True, slots=True)
class SystemSpec:
    name: str
    title: str
    traffic: TrafficSpec
    service: ServiceSpec
    money: MoneySpec
    alerts: tuple[AlertRule, ...]
    owners: tuple[Owner, ...]
    objectives: Mapping[str, AlertRule]
    """What the system promises, as bounds on signals; an objective is kept while its bound is not crossed."""
    map: tuple[tuple[Component, ...], ...]
    """Rows of components, each in the order in which data passes them."""
    dashboard: tuple[str, ...]
    """Metrics that whoever is on call has before their eyes."""
    fleet: FleetSpec
    callers: CallersSpec
    training: TrainingSpec
    prices: Prices
    budgets: Mapping[str, float]
    """What each team may spend in a day, in US dollars."""


@lru_cache(maxsize=8)
def load_system(name: str) -> SystemSpec:
    """The packaged system `name`. Raises ContentError where the file is missing or does not fit."""
    import yaml

    if f"{name}.yaml" not in content.names("systems"):
        raise ContentError(f"systems/{name}.yaml", "no such system")
    data: dict[str, Any] = yaml.safe_load(content.read("systems", f"{name}.yaml"))
    prices = load_prices(str(data.get("prices")))
    runs = declared(f"systems/{name}.yaml", data, prices, (FEATURE_SERVER, MODEL_SERVER))
    try:
        alerts = tuple(_rule(name, body) for name, body in data["alerts"].items())
        traffic: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data["traffic"].items()}
        return SystemSpec(
            name=name,
            title=data["title"],
            traffic=TrafficSpec(**traffic),
            service=ServiceSpec(
                feature_server=StationSpec(**data["service"]["feature_server"]),
                model_server=StationSpec(**data["service"]["model_server"]),
                fetch_timeout_ms=data["service"]["fetch_timeout_ms"],
                request_timeout_ms=data["service"]["request_timeout_ms"],
            ),
            money=MoneySpec(**data["money"]),
            alerts=alerts,
            owners=tuple(Owner(n, tuple(o["owns"]), float(o["answers_after_s"])) for n, o in data["owners"].items()),
            objectives={n: _rule(n, body) for n, body in data["objectives"].items()},
            map=_map(f"systems/{name}.yaml", data["map"], {rule.name for rule in alerts}),
            dashboard=tuple(map(str, data["dashboard"])),
            fleet=runs.fleet,
            callers=runs.callers,
            training=runs.training,
            prices=prices,
            budgets=runs.budgets,
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ContentError(f"systems/{name}.yaml", str(problem)) from None


def _rule(name: str, body: Mapping[str, Any]) -> AlertRule:
    return AlertRule(name, body["signal"], body["op"], float(body["threshold"]), float(body.get("for_s", 0.0)), body.get("severity", "page"), body["summary"])


def _map(file: str, rows: Iterable[Iterable[Mapping[str, Any]]], rules: Collection[str]) -> tuple[tuple[Component, ...], ...]:
    """The map as written. Raises ContentError where two components are called the same, or a monitor is neither a rule nor a task."""
    watching = {*rules, *(f"{dag.name}.{task.name}" for dag in DAGS for task in dag.tasks)}
    found = tuple(tuple(_component(part) for part in row) for row in rows)
    seen: set[str] = set()
    for part in (part for row in found for part in row):
        unknown = [monitor for monitor in part.monitors if monitor not in watching]
        if unknown:
            raise ContentError(file, f"there is no alert rule and no task {unknown[0]!r}; a task is written dag.task", key=f"map.{part.id}.monitors")
        if part.id in seen:
            raise ContentError(file, "two components are called this; give each an id of its own", key=f"map.{part.id}")
        seen.add(part.id)
    return found


def _component(part: Mapping[str, Any]) -> Component:
    name = str(part["id"])
    return Component(name, str(part.get("label", name.replace("-", " "))), tuple(part.get("monitors", ())))
