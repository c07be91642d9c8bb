"""Alert rules over settled signals, with Prometheus's meaning: pending while the condition holds shorter than `for`, then firing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.durations import DAY_S, MINUTE_S
from simulator.nature.population import Floats
from simulator.spec import AlertRule
from simulator.telemetry.signals import read_signal
from simulator.world import World

EVERY_S = 15 * MINUTE_S
LOOKBACK_S = 2 * DAY_S

State = Literal["inactive", "pending", "firing"]


@dataclass(frozen=True, slots=True)
class AlertStatus:
    rule: AlertRule
    state: State
    value: float | None
    threshold: float
    since_s: float | None
    """When the state began, None while inactive."""
    silenced: bool


def grid(since_s: float, until_s: float) -> Floats:
    """Evaluation times in (since, until]."""
    return np.arange(since_s // EVERY_S + 1, until_s // EVERY_S + 1) * EVERY_S


def breaches(rule: AlertRule, values: Floats, threshold: Floats | float) -> NDArray[np.bool_]:
    """Where the rule's condition holds; a missing value breaches nothing."""
    known = np.nan_to_num(values, nan=np.inf if rule.op.startswith("<") else -np.inf)
    if rule.op == "outside":
        return np.asarray(~np.isnan(values) & ((values > threshold) | (values < 1.0 / np.asarray(threshold))))
    compared = {">": known > threshold, "<": known < threshold, ">=": known >= threshold, "<=": known <= threshold}
    return np.asarray(compared[rule.op])


def threshold_of(world: World, rule: AlertRule, at_s: Floats) -> Floats:
    chosen = world.levers[f"alert.threshold/{rule.name}"].numbers(at_s)
    return np.where(chosen != 0.0, chosen, rule.threshold)


def firing(rule: AlertRule, holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which evaluations fire: the condition has held at every evaluation for at least the rule's `for`."""
    needed = int(np.ceil(rule.for_s / EVERY_S))
    run, out = 0, np.zeros(len(holds), dtype=bool)
    for i, held in enumerate(holds):
        run = run + 1 if held else 0
        out[i] = run > needed
    return out


def status(world: World, rule: AlertRule) -> AlertStatus:
    """The rule's state at the last evaluation that is settled."""
    at = grid(max(0.0, world.settled_s - LOOKBACK_S), world.settled_s)
    if not len(at):
        return AlertStatus(rule, "inactive", None, rule.threshold, None, False)
    values, limits = read_signal(world, rule.signal, at), threshold_of(world, rule, at)
    holds = breaches(rule, values, limits)
    fires = firing(rule, holds)
    state: State = "firing" if fires[-1] else "pending" if holds[-1] else "inactive"
    track = fires if state == "firing" else holds
    first = len(track) - (int(np.argmin(track[::-1])) if not track.all() else len(track))
    value = None if np.isnan(values[-1]) else float(values[-1])
    return AlertStatus(rule, state, value, float(limits[-1]), None if state == "inactive" else float(at[first]), bool(world.levers[f"alert.silenced/{rule.name}"].at(world.now_s)))


def firing_times(world: World, rule: AlertRule, since_s: float, until_s: float) -> list[float]:
    """Moments in (since, until] at which the rule went from quiet to firing."""
    at = grid(max(0.0, since_s - rule.for_s - EVERY_S), until_s)
    if not len(at):
        return []
    fires = firing(rule, breaches(rule, read_signal(world, rule.signal, at), threshold_of(world, rule, at)))
    starts = np.flatnonzero(fires & ~np.concatenate([[False], fires[:-1]]))
    return [float(at[i]) for i in starts if since_s < at[i] <= until_s]
