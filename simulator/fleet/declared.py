"""Reads what an author declares of a fleet: sections pools, deployments, callers, training and budgets of a system's file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from simulator.errors import ContentError
from simulator.fleet.spec import AutoscalerSpec, CallersSpec, DeploymentSpec, FleetSpec, PoolSpec, TrainingSpec

if TYPE_CHECKING:
    from simulator.fleet.prices import Prices

Built = TypeVar("Built")


@dataclass(frozen=True, slots=True)
class Declared:
    fleet: FleetSpec
    callers: CallersSpec
    training: TrainingSpec
    budgets: Mapping[str, float]
    """US dollars per day, by team."""


def declared(file: str, data: Mapping[str, Any], prices: Prices, services: Collection[str]) -> Declared:
    """The fleet that `data`, the content of `file`, declares, with a deployment for each of `services`. Raises ContentError, one line, where it does not fit."""
    pools = tuple(_pool(file, f"pools.{name}", name, body, prices) for name, body in section(file, data, "pools").items())
    deployments = tuple(_deployment(file, f"deployments.{name}", name, body) for name, body in section(file, data, "deployments").items())
    if sorted(deployment.service for deployment in deployments) != sorted(services):
        raise ContentError(file, f"one deployment for each service, {' and '.join(services)}", key="deployments")
    try:
        fleet = FleetSpec(pools, deployments)
    except ValueError as problem:
        raise ContentError(file, str(problem), key="deployments") from None
    training = built(TrainingSpec, section(file, data, "training"), file, "training")
    if training.pool not in [pool.name for pool in pools]:
        raise ContentError(file, f"there is no pool {training.pool!r}", key="training.pool")
    return Declared(fleet, built(CallersSpec, section(file, data, "callers"), file, "callers"), training, _budgets(file, data))


def section(file: str, data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The section `key`, names with what stands under each. Raises ContentError where it is missing or no section."""
    body = data.get(key)
    if not isinstance(body, dict) or not body:
        raise ContentError(file, "this section is missing or empty" if not body else "a section of names is expected", key=key)
    return {str(name): value for name, value in body.items()}


def built(kind: type[Built], body: Any, file: str, key: str) -> Built:
    """The dataclass `kind` from what is written under `key`. Raises ContentError where a field is unknown, missing, of the wrong type or out of range."""
    if not isinstance(body, dict):
        raise ContentError(file, "fields are expected here, as in {name: value}", key=key)
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    unknown = [name for name in body if name not in known]
    if unknown:
        raise ContentError(file, f"no such field; there are {', '.join(known)}", key=f"{key}.{unknown[0]}")
    missing = [name for name, field in known.items() if name not in body and field.default is MISSING]
    if missing:
        raise ContentError(file, "is missing", key=f"{key}.{missing[0]}")
    hints = get_type_hints(kind)
    values = {name: _typed(hints[name], value, file, f"{key}.{name}") for name, value in body.items()}
    try:
        return kind(**values)
    except ValueError as problem:
        raise ContentError(file, str(problem), key=key) from None


def _typed(hint: Any, value: Any, file: str, key: str) -> Any:
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if hint is int and not (isinstance(value, int) and not isinstance(value, bool)):
        raise ContentError(file, f"a whole number is expected, not {value!r}", key=key)
    if hint is float:
        raise ContentError(file, f"a number is expected, not {value!r}", key=key)
    # YAML reads a bare off as no.
    return "off" if value is False and hint is not bool else value


def _pool(file: str, key: str, name: str, body: Any, prices: Prices) -> PoolSpec:
    if not isinstance(body, dict) or "machine" not in body:
        raise ContentError(file, "a pool names its machine", key=f"{key}.machine")
    try:
        machine = prices.machine(str(body["machine"]))
    except ValueError as problem:
        raise ContentError(file, str(problem), key=f"{key}.machine") from None
    return built(PoolSpec, {**body, "name": name, "machine": machine}, file, key)


def _deployment(file: str, key: str, service: str, body: Any) -> DeploymentSpec:
    if isinstance(body, dict) and "autoscaler" in body:
        body = {**body, "autoscaler": built(AutoscalerSpec, body["autoscaler"], file, f"{key}.autoscaler")}
    return built(DeploymentSpec, {**body, "service": service} if isinstance(body, dict) else body, file, key)


def _budgets(file: str, data: Mapping[str, Any]) -> dict[str, float]:
    budgets = section(file, data, "budgets")
    for team, usd in budgets.items():
        if isinstance(usd, bool) or not isinstance(usd, (int, float)) or usd <= 0:
            raise ContentError(file, f"US dollars per day, above 0, not {usd!r}", key=f"budgets.{team}")
    return {team: float(usd) for team, usd in budgets.items()}
