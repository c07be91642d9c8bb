"""Signals of the feature pipelines: age of views, what was materialised, and served values against the warehouse and the offline store."""

from __future__ import annotations

import numpy as np

from simulator.dataplane.features import SOURCE_OF, VIEW, VIEWS
from simulator.durations import HOUR_S
from simulator.nature.population import Floats
from simulator.telemetry.readings import ratio, trailing_sum
from simulator.telemetry.signals_declared import signal
from simulator.world import World

_VIEW_NAMES = tuple(view.name for view in VIEWS)


@signal("job_freshness_s", "s", "time since the last materialisation of a view finished", _VIEW_NAMES)
def _job_freshness(world: World, at_s: Floats, place: str) -> Floats:
    return at_s - world.levers[f"online.job_end_s/{place}"].numbers(at_s)


@signal("job_freshness_ratio", "ratio", "time since the last materialisation finished against its schedule, worst view")
def _job_ratio(world: World, at_s: Floats, place: str) -> Floats:
    return np.asarray(np.max([_job_freshness(world, at_s, view.name) / view.cadence_s for view in VIEWS], axis=0))


@signal("data_age_s", "s", "age of the newest row of a view in the online store", _VIEW_NAMES)
def _data_age(world: World, at_s: Floats, place: str) -> Floats:
    age = at_s - world.levers[f"online.event_time_s/{place}"].numbers(at_s)
    return np.where(np.isfinite(age), age, np.nan)


@signal("materialised_rows", "rows", "rows written by the last due materialisation of a view", _VIEW_NAMES)
def _materialised(world: World, at_s: Floats, place: str) -> Floats:
    done = [(t.end_s, float(t.detail[place])) for t in world.log.of_task("features", "materialise") if t.state == "success" and place in t.detail]
    if not done:
        return np.full(at_s.shape, np.nan)
    ends, rows = (np.array(column) for column in zip(*done, strict=True))
    index = np.searchsorted(ends, at_s, side="right")
    return np.where(index > 0, rows[np.maximum(index - 1, 0)], np.nan)


@signal(
    "stream_over_warehouse",
    "ratio",
    "typical value of a streamed field over the same field in the warehouse, in the channel where it is furthest from 1, trailing 2 h",
    tuple(SOURCE_OF),
)
def _stream_ratio(world: World, at_s: Floats, place: str) -> Floats:
    window = 2 * HOUR_S
    since, until = float(at_s[0]) - window, float(at_s[-1])
    times = world.rows.numbers("at_s", since, until)
    logs = np.log(world.rows.numbers(f"served.{place}", since, until) / world.rows.numbers(f"offline.{place}", since, until))
    channel = world.rows.column("channel", since, until)
    worst = np.zeros(at_s.shape)
    for code in range(3):
        mine = channel == code
        mean = ratio(trailing_sum(times[mine], logs[mine], at_s, window), trailing_sum(times[mine], np.ones(int(mine.sum())), at_s, window))
        worst = np.where(np.abs(np.nan_to_num(mean)) > np.abs(worst), mean, worst)
    return np.exp(worst)


@signal("parity_correlation", "", "correlation between served values of a view and point-in-time values from the offline store, trailing 6 h, worst feature", _VIEW_NAMES)
def _parity(world: World, at_s: Floats, place: str) -> Floats:
    window = 6 * HOUR_S
    since, until = float(at_s[0]) - window, float(at_s[-1])
    times = world.rows.numbers("at_s", since, until)
    worst = np.full(at_s.shape, np.inf)
    for feature in VIEW[place].features:
        a, b = (np.log(world.rows.numbers(f"{side}.{feature}", since, until)) for side in ("served", "offline"))
        n, sa, sb, saa, sbb, sab = (trailing_sum(times, v, at_s, window) for v in (np.ones(len(a)), a, b, a * a, b * b, a * b))
        spread = (n * saa - sa * sa) * (n * sbb - sb * sb)
        worst = np.minimum(worst, ratio(n * sab - sa * sb, np.sqrt(np.maximum(spread, 0.0))))
    return worst
