"""Every metric by name: the signals, and what the service's windows keep, as `service.<measure>`."""

from __future__ import annotations

import difflib

import numpy as np

from simulator.dataplane.windows import MEASURES, WINDOW_S
from simulator.errors import Refused
from simulator.nature.population import Floats
from simulator.telemetry.readings import ratio, trailing_sum
from simulator.telemetry.signals import SIGNALS, read_signal, signal_names
from simulator.world import World

SERVICE = "service."


def metric_names() -> list[str]:
    return [*signal_names(), *(SERVICE + measure for measure in MEASURES)]


def metric_unit(name: str) -> str:
    """Unit of a metric that exists, empty for a figure without one."""
    if not name.startswith(SERVICE):
        return SIGNALS[name.partition("/")[0]].unit
    measure = name.removeprefix(SERVICE)
    return "ms" if measure.endswith("_ms") else "ratio" if measure.endswith("_utilisation") else "USD per 5 min" if measure == "replica_cost" else "requests per 5 min"


def metric_help(name: str) -> str:
    return f"{name.removeprefix(SERVICE).replace('_', ' ')}, mean of the 5 min windows in a step" if name.startswith(SERVICE) else SIGNALS[name.partition("/")[0]].help


def checked_metric(name: str) -> str:
    """`name` where such a metric exists. Raises Refused with names that do."""
    names = metric_names()
    if name in names:
        return name
    places = [n for n in names if n.partition("/")[0] == name.partition("/")[0] and "/" in n]
    near = places or [n for n in names if name and name in n] or difflib.get_close_matches(name, names, n=5, cutoff=0.5)
    if near:
        raise Refused(f"no metric {name}; there are {', '.join(near)}")
    bases = dict.fromkeys(n.partition("/")[0] for n in names)
    raise Refused(f"no metric {name}; there are {', '.join(bases)}")


def read_metric(world: World, name: str, at_s: Floats, step_s: float) -> Floats:
    """Values of an existing metric at ascending settled times; a service measure is the mean of the windows of one step before each."""
    if not name.startswith(SERVICE):
        return read_signal(world, name, at_s)
    if not len(at_s):
        return np.empty(0)
    windows = world.service.windows(float(at_s[0]) - step_s, float(at_s[-1]))
    values = np.asarray(getattr(windows, name.removeprefix(SERVICE)), dtype=np.float64)
    known = np.isfinite(values)
    ends = windows.start_s[known] + WINDOW_S
    return ratio(trailing_sum(ends, values[known], at_s, step_s), trailing_sum(ends, np.ones(len(ends)), at_s, step_s))
