"""The dashboard of whoever is on call: a day of each metric, with the same time a week before and the bound of its alert rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.durations import DAY_S, MINUTE_S, WEEK_S
from simulator.errors import ContentError
from simulator.nature.population import Floats
from simulator.observation import significant
from simulator.spec import SystemSpec
from simulator.telemetry.alerts import AlertStatus
from simulator.telemetry.metrics import metric_names, metric_unit, read_metric
from simulator.world import World

SPAN_S, STEP_S = DAY_S, 5 * MINUTE_S


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric; values are plain numbers of 6 significant digits, None where there was nothing to measure."""

    name: str
    unit: str
    at_s: tuple[float, ...]
    values: tuple[float | None, ...]
    week_before: tuple[float | None, ...]
    threshold: float | None
    """Bound in force now of the alert rule on this metric, where it is a plain upper or lower one."""


def charted(spec: SystemSpec, pinned: Sequence[str] = ()) -> list[str]:
    """The system's metrics, then those of `pinned` that exist and are not among them. Raises ContentError where the system's file names no metric."""
    known = set(metric_names())
    for name in spec.dashboard:
        if name not in known:
            raise ContentError(f"systems/{spec.name}.yaml", f"there is no metric {name!r}", key="dashboard")
    return list(dict.fromkeys([*spec.dashboard, *(name for name in pinned if name in known)]))


def curves(world: World, names: Sequence[str], rules: Sequence[AlertStatus]) -> list[Curve]:
    """The settled day before now of existing metrics; `rules` are the alert rules as they stand."""
    steps = round(SPAN_S / STEP_S)
    at: Floats = world.settled_s - np.arange(steps - 1, -1, -1, dtype=np.float64) * STEP_S
    return [
        Curve(
            name,
            metric_unit(name),
            tuple(at.tolist()),
            _plain(read_metric(world, name, at, STEP_S).tolist()),
            _plain(read_metric(world, name, at - WEEK_S, STEP_S).tolist()),
            next((found.threshold for found in rules if found.rule.signal == name and found.rule.op in ("<", ">")), None),
        )
        for name in names
    ]


def _plain(values: list[float]) -> tuple[float | None, ...]:
    return tuple(None if value != value else significant(value) for value in values)
