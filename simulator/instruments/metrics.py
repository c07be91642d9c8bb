"""Looks at metrics: what is measured, and one of them as a curve."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import DAY_S, HOUR_S, MINUTE_S, WEEK_S, format_duration
from simulator.errors import Refused
from simulator.nature.population import Floats
from simulator.observation import Observation, Series, rounded_facts, significant, table
from simulator.telemetry.metrics import checked_metric, metric_help, metric_names, metric_unit, read_metric
from simulator.telemetry.shape import shape
from simulator.world import World

_STEPS_S = (5 * MINUTE_S, 15 * MINUTE_S, HOUR_S, 3 * HOUR_S, 6 * HOUR_S, DAY_S)
_MOST_POINTS = 400
_ABSOLUTE = {
    "psi": 0.03,
    "parity_correlation": 0.02,
    "timeout_ratio": 0.004,
    "default_fill_ratio": 0.004,
    "label_join_ratio": 0.03,
    "gate_lead": 0.004,
    "stream_over_warehouse": 0.05,
    "decline_change": 0.08,
    "score_mean_low": 0.06,
    "failed_runs_24h": 0.5,
    "data_age_s": 1200.0,
    "job_freshness_s": 1200.0,
    "service.default_filled": 8.0,
    "service.timed_out": 8.0,
    "service.unserved": 8.0,
    "service.retries": 8.0,
    "service.rejected": 8.0,
    "service.lost": 4.0,
    "unserved_ratio": 0.004,
    "retry_ratio": 0.004,
    "rejected_ratio": 0.004,
    "gpu_busy_ratio": 0.04,
    "latency_p50_change": 0.08,
    "latency_p99_change": 0.12,
    "pending_replicas": 0.5,
    "replica_changes_1h": 0.9,
    "service.fetch_queue_ms": 5.0,
    "service.model_queue_ms": 5.0,
}
"""What nobody sees in a metric whose value may be near zero, in its own unit."""
_NOTICEABLE = {f"{figure}.{name}": Noticeable(absolute=size) for figure in ("now", "mean", "low", "high") for name, size in _ABSOLUTE.items()} | {
    "change.": Noticeable(absolute=0.08),
    "slope.": Noticeable(absolute=0.15),
    "step.": Noticeable(absolute=0.12),
}


@look("metrics list", group="metrics", takes="1m", covers=("sys.metrics", "life.monitoring"))
def metrics_list(world: World, args: Args) -> Observation:
    """Lists every metric with its unit and its meaning: signals by place, and by window the service's own and its replicas'. Their values are in metrics show."""
    rows = [(name, metric_unit(name), metric_help(name)) for name in metric_names()]
    return Observation("Metrics", tables=(table("Metrics", ("metric", "unit", "meaning"), rows),), facts=rounded_facts({"metrics": len(rows)}))


@look(
    "metrics show",
    group="metrics",
    takes="2m",
    params=(
        Param("name", "text", "a metric, with its place after a slash", required=True, positional=True, names="metric"),
        Param("last", "duration", "how far back", DAY_S, unit="s"),
        Param("step", "duration", "time between points; left out, it suits the span", unit="s"),
        Param("against", "text", "an earlier span to draw beside it", choices=("last-week", "yesterday")),
    ),
    noticeable=_NOTICEABLE,
    covers=("sys.metrics", "stat.percentiles", "dist.service-vs-model-health"),
)
def metrics_show(world: World, args: Args) -> Observation:
    """Draws one metric over time, against the same span a week before if asked. Figures beside it: level, slope, largest step, and change against a week before."""
    world.settle()
    name = checked_metric(args["name"])
    step_s = _step(args["step"], args["last"])
    at = np.arange(max(world.settled_s - args["last"], 0.0) // step_s + 1, world.settled_s // step_s + 1) * step_s
    if not len(at):
        raise Refused(f"metrics show: no complete step of {format_duration(step_s)} in the last {format_duration(args['last'])}")
    values = read_metric(world, name, at, step_s)
    week_before = _earlier(world, name, at, step_s, WEEK_S)
    unit = metric_unit(name)
    curves = [_series(name, unit, at, values)]
    if args["against"] == "last-week":
        curves.append(_series(f"{name}, a week before", unit, at, week_before))
    elif args["against"] == "yesterday":
        curves.append(_series(f"{name}, a day before", unit, at, _earlier(world, name, at, step_s, DAY_S)))
    seen, before = shape(at, values), shape(at, week_before)
    change = None if seen.mean is None or not before.mean else seen.mean / before.mean
    figures = {"now": seen.now, "mean": seen.mean, "low": seen.low, "high": seen.high, "slope": seen.slope_per_day, "step": seen.step, "change": change}
    units = {"slope": "share of the mean size per day", "step": "share of the mean size", "change": "times the same span a week before"}
    return Observation(
        f"{name}, last {format_duration(args['last'])}, every {format_duration(step_s)}",
        tables=(table("Figures", ("figure", "value", "unit"), [(figure, value, units.get(figure, unit)) for figure, value in figures.items()]),),
        series=tuple(curves),
        text=(metric_help(name),),
        facts=rounded_facts({f"{figure}.{name}": value for figure, value in figures.items()}),
    )


def _step(asked_s: float | None, span_s: float) -> float:
    if asked_s is None:
        return next((step for step in _STEPS_S if span_s / step <= 150), _STEPS_S[-1])
    if asked_s < _STEPS_S[0] or asked_s % _STEPS_S[0]:
        raise Refused("metrics show: step is a multiple of 5m, the length of a window")
    if span_s / asked_s > _MOST_POINTS:
        raise Refused(f"metrics show: {span_s / asked_s:.0f} points are too many, at most {_MOST_POINTS} are drawn; choose a longer step")
    return float(asked_s)


def _earlier(world: World, name: str, at: Floats, step_s: float, by_s: float) -> Floats:
    """The metric `by_s` earlier at the same points, NaN before the start of the world."""
    then = at - by_s
    known = then > 0
    values = np.full(at.shape, np.nan)
    values[known] = read_metric(world, name, then[known], step_s)
    return values


def _series(name: str, unit: str, at: Floats, values: Floats) -> Series:
    return Series(name, unit, tuple(at.tolist()), tuple(significant(v) if v == v else None for v in values.tolist()))
