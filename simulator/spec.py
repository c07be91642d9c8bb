"""What a system is made of, read from its file in `content/systems`: traffic, services, money, alert rules, owners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import content
from simulator.dataplane.stations import ServiceSpec, StationSpec
from simulator.errors import ContentError
from simulator.nature.traffic import TrafficSpec


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


@lru_cache(maxsize=8)
def load_system(name: str) -> SystemSpec:
    """The packaged system `name`. Raises ContentError where the file is missing or does not fit."""
    import yaml

    if f"{name}.yaml" not in content.names("systems"):
        raise ContentError(f"systems/{name}.yaml", "no such system")
    data: dict[str, Any] = yaml.safe_load(content.read("systems", f"{name}.yaml"))
    try:
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
            alerts=tuple(_rule(name, body) for name, body in data["alerts"].items()),
            owners=tuple(Owner(n, tuple(o["owns"]), float(o["answers_after_s"])) for n, o in data["owners"].items()),
            objectives={n: _rule(n, body) for n, body in data["objectives"].items()},
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ContentError(f"systems/{name}.yaml", str(problem)) from None


def _rule(name: str, body: Mapping[str, Any]) -> AlertRule:
    return AlertRule(name, body["signal"], body["op"], float(body["threshold"]), float(body.get("for_s", 0.0)), body.get("severity", "page"), body["summary"])
