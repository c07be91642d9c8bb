"""The dated price lists in `content/prices`: machines with what an hour of each costs, storage and traffic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import content
from simulator.errors import ContentError
from simulator.fleet.declared import built, section
from simulator.fleet.spec import MachineSpec


@dataclass(frozen=True, slots=True)
class Prices:
    """One list. Prices are before tax, without any discount for commitment."""

    name: str
    as_of: str
    """ISO date on which the prices were looked up."""
    currency: str
    machines: Mapping[str, MachineSpec]
    sources: Mapping[str, str]
    """Per machine, where its prices are from."""
    storage_usd_per_gb_month: float
    egress_usd_per_gb: float

    def machine(self, name: str) -> MachineSpec:
        """Raises ValueError where the list does not have it."""
        if name not in self.machines:
            raise ValueError(f"prices/{self.name}.yaml has no machine {name!r}; it has {', '.join(self.machines)}")
        return self.machines[name]


@lru_cache(maxsize=8)
def load_prices(name: str) -> Prices:
    """The packaged list `name`, as in 2026-11. Raises ContentError where it is missing or does not fit."""
    import yaml

    file = f"prices/{name}.yaml"
    if f"{name}.yaml" not in content.names("prices"):
        raise ContentError(file, "no such price list; there are " + ", ".join(entry.removesuffix(".yaml") for entry in content.names("prices")))
    try:
        data = yaml.safe_load(content.read("prices", f"{name}.yaml"))
    except yaml.YAMLError as problem:
        raise ContentError(file, " ".join(str(problem).split())) from None
    return prices_of(name, data)


def prices_of(name: str, data: Any) -> Prices:
    """The list that `data` holds. Raises ContentError where it does not fit."""
    file = f"prices/{name}.yaml"
    if not isinstance(data, dict) or data.get("format_version") != 1:
        raise ContentError(file, "format_version is 1", key="format_version")
    machines, sources = {}, {}
    for machine, body in section(file, data, "machines").items():
        key = f"machines.{machine}"
        if not isinstance(body, dict) or not body.get("source"):
            raise ContentError(file, "a price without its source; add source: where it was seen", key=key)
        machines[machine] = built(MachineSpec, {"name": machine, **{k: v for k, v in body.items() if k != "source"}}, file, key)
        sources[machine] = str(body["source"])
    missing = [field for field in ("as_of", "currency", "storage_usd_per_gb_month", "egress_usd_per_gb") if field not in data]
    if missing:
        raise ContentError(file, "is missing", key=missing[0])
    if data["currency"] != "USD":
        raise ContentError(file, f"all money is in USD, not {data['currency']!r}", key="currency")
    storage, egress = (_price(file, data, field) for field in ("storage_usd_per_gb_month", "egress_usd_per_gb"))
    return Prices(name, str(data["as_of"]), data["currency"], machines, sources, storage, egress)


def _price(file: str, data: Mapping[str, Any], key: str) -> float:
    value = data[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ContentError(file, f"a price in USD, not {value!r}", key=key)
    return float(value)
