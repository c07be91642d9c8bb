"""The two stations that a request passes: the feature server fetches its features, the model server scores it.

Owns how requests pass both in one stretch of time with nothing changing (`pass_through`), whatever came before.
What the stations are is in `specs`, what is under way in `passing`; this is the door to both.
"""

from __future__ import annotations

from simulator.dataplane.at_once import pass_at_once
from simulator.dataplane.by_event import pass_by_event
from simulator.dataplane.callers import NO_RETRIES, Callers
from simulator.dataplane.passing import (
    ANSWERED,
    AT,
    CLOCKS,
    END,
    FETCH_COMPUTE,
    FETCH_QUEUE,
    FIELDS,
    FILLED,
    MODEL_COMPUTE,
    MODEL_QUEUE,
    REACH,
    Passed,
    Passing,
    taken_over,
)
from simulator.dataplane.specs import FEATURE_SERVER, MODEL_SERVER, ServiceSpec, Setting, Station, StationSpec, weibull_exponent
from simulator.nature.traffic import Requests

__all__ = [
    "ANSWERED",
    "AT",
    "CLOCKS",
    "END",
    "FEATURE_SERVER",
    "FETCH_COMPUTE",
    "FETCH_QUEUE",
    "FIELDS",
    "FILLED",
    "MODEL_COMPUTE",
    "MODEL_QUEUE",
    "MODEL_SERVER",
    "NO_RETRIES",
    "REACH",
    "Callers",
    "Passed",
    "Passing",
    "ServiceSpec",
    "Setting",
    "Station",
    "StationSpec",
    "pass_through",
    "weibull_exponent",
]


def pass_through(requests: Requests, passing: Passing, setting: Setting, length_s: float) -> Passed:
    """Take the requests that arrive in a stretch of `length_s`, and those under way, as far as its end.

    Whole arrays do as long as nobody tries again, nobody is turned away and no station is empty; else requests go one by one, to
    the same bits.

    Args:
        requests: first tries, `at_s` in [0, length_s), on ticks.
        passing: what was under way at the start; resized to the setting's replicas.
    """
    under_way = taken_over(passing, setting)
    passed = pass_at_once(requests, under_way, setting, length_s)
    return pass_by_event(requests, under_way, setting, length_s) if passed is None else passed
