"""Named signals: what alert rules, objectives and guards are written about. Each reads what the company could know at a time.

A signal is a function of a world and ascending times; it gives one value per time, NaN where there is nothing to measure.
A place after a slash narrows it, as in `data_age_s/card_velocity`. The modules `signals_*` declare them, one for each part of the system.
"""

from __future__ import annotations

import numpy as np

from simulator.nature.population import Floats
from simulator.telemetry import signals_callers, signals_cost, signals_features, signals_models, signals_payments, signals_replicas, signals_serving, signals_training
from simulator.telemetry.signals_declared import DECLARED, Signal
from simulator.world import World

_IN_ORDER = (signals_payments, signals_serving, signals_callers, signals_replicas, signals_features, signals_models, signals_cost, signals_training)
SIGNALS: dict[str, Signal] = {name: found for module in _IN_ORDER for name, found in DECLARED.items() if found.read.__module__ == module.__name__}


def read_signal(world: World, name: str, at_s: Floats) -> Floats:
    """Values of `name` (with its place) at ascending times not later than what is settled. Raises KeyError if unknown."""
    base, _, place = name.partition("/")
    return SIGNALS[base].read(world, np.asarray(at_s, dtype=np.float64), place) if len(at_s) else np.empty(0)


def signal_names() -> list[str]:
    return [f"{s.name}/{place}" if place else s.name for s in SIGNALS.values() for place in (s.places or ("",))]
