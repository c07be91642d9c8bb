"""Every metric by name: the signals, what the service's windows keep as `service.<measure>`, and what is kept of its replicas as `fleet.<measure>/<service>`."""

from __future__ import annotations

import difflib

import numpy as np

from simulator.dataplane.fleet_windows import SERVICE_MEASURES
from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER
from simulator.dataplane.windows import MEASURES, WINDOW_S
from simulator.errors import Refused
from simulator.nature.population import Floats
from simulator.telemetry.readings import ratio, trailing_sum
from simulator.telemetry.signals import SIGNALS, read_signal, signal_names
from simulator.world import World

SERVICE, FLEET = "service.", "fleet."
_OWN_UNITS = {"replica_cost": "USD per 5 min", "cpu": "ratio", "gpu": "ratio", "crashed": "replicas per 5 min", "oom_killed": "replicas per 5 min"}


def metric_names() -> list[str]:
    return [
        *signal_names(),
        *(SERVICE + measure for measure in MEASURES),
        *(f"{FLEET}{measure}/{service}" for measure in SERVICE_MEASURES for service in (FEATURE_SERVER, MODEL_SERVER)),
    ]


def metric_unit(name: str) -> str:
    """Unit of a metric that exists, empty for a figure without one."""
    if not name.startswith((SERVICE, FLEET)):
        return SIGNALS[name.partition("/")[0]].unit
    measure = _measure(name)
    standard = "ms" if measure.endswith("_ms") else "ratio" if measure.endswith("_utilisation") else "requests per 5 min" if name.startswith(SERVICE) else "replicas"
    return _OWN_UNITS.get(measure, standard)


def metric_help(name: str) -> str:
    if name.startswith((SERVICE, FLEET)):
        return f"{_measure(name).replace('_', ' ')}{' of the replicas of a service' if name.startswith(FLEET) else ''}, mean of the 5 min windows in a step"
    return SIGNALS[name.partition("/")[0]].help


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
    """Values of an existing metric at ascending settled times; a measure of windows is the mean of the windows of one step before each."""
    if not name.startswith((SERVICE, FLEET)):
        return read_signal(world, name, at_s)
    if not len(at_s):
        return np.empty(0)
    start_s, values = _windows(world, name, float(at_s[0]) - step_s, float(at_s[-1]))
    known = np.isfinite(values)
    ends = start_s[known] + WINDOW_S
    return ratio(trailing_sum(ends, values[known], at_s, step_s), trailing_sum(ends, np.ones(len(ends)), at_s, step_s))


def _windows(world: World, name: str, since_s: float, until_s: float) -> tuple[Floats, Floats]:
    """Starts of the windows of a span, and the measure in each."""
    if name.startswith(SERVICE):
        windows = world.service.windows(since_s, until_s)
        return windows.start_s, np.asarray(getattr(windows, _measure(name)), dtype=np.float64)
    fleet = world.service.fleet_windows(since_s, until_s)
    return fleet.start_s, np.asarray(getattr(fleet.services[name.partition("/")[2]], _measure(name)), dtype=np.float64)


def _measure(name: str) -> str:
    return name.partition(".")[2].partition("/")[0]
