"""Looks at the serving path: its state, its latency by stage, and single requests."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.settings import routing_in_force
from simulator.dataplane.specs import FEATURE_SERVER, MODEL_SERVER, StationSpec
from simulator.dataplane.windows import STAGES, WINDOW_S, ServiceWindows
from simulator.durations import HOUR_S, MINUTE_S, WEEK_S, format_duration
from simulator.errors import Refused
from simulator.nature.population import Floats
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.telemetry.fleet import desired, fleet_in_force, fleet_now
from simulator.world import World

_RUNNING = {
    "retry_ratio": Noticeable(absolute=0.004),
    "desired.": Noticeable(absolute=0.5, relative=0.0),
    "replicas.": Noticeable(absolute=0.5, relative=0.0),
    "utilisation.": Noticeable(absolute=0.04),
    "timeout_ratio": Noticeable(absolute=0.004),
    "default_fill_ratio": Noticeable(absolute=0.004),
    "p99_ms.": Noticeable(absolute=25.0),
}
_ANSWER_TIMES = {
    "change.": Noticeable(absolute=0.1),
    "p50_ms.": Noticeable(absolute=5.0),
    "p95_ms.": Noticeable(absolute=15.0),
    "p99_ms.": Noticeable(absolute=25.0),
    "worst_p99_ms.": Noticeable(absolute=60.0, relative=0.15),
    "mean_ms.": Noticeable(absolute=4.0),
}
_TRACED = {"mean_ms.": Noticeable(absolute=4.0), "share.": Noticeable(absolute=0.04), "slowest_ms": Noticeable(absolute=80.0, relative=0.2)}
_NOW_S = 15 * MINUTE_S
_MOST_TRACES = 50


@look("serving status", group="serving", takes="1m", noticeable=_RUNNING, covers=("sys.serving", "sys.autoscaling", "life.deployment"))
def serving_status(world: World, args: Args) -> Observation:
    """Shows the serving path as it runs: replicas ready and desired, utilisation and load of the last 15 min, queue limits, batching, tries again,
    release, transform and model versions, timeouts.
    """
    world.settle()
    spec, levers, now = world.spec.service, world.levers, world.now_s
    windows = _last_windows(world, world.settled_s, _NOW_S)
    requests = float(windows.requests.sum())
    fleet, setting = fleet_now(world), fleet_in_force(world)
    stations = []
    values: dict[str, object] = {}
    for name, station, busy in ((FEATURE_SERVER, spec.feature_server, windows.feature_server_utilisation), (MODEL_SERVER, spec.model_server, windows.model_server_utilisation)):
        ready, wanted = len(fleet.ready(name)), desired(fleet, setting.deployment(name))
        asked = [e.at_s for e in levers[f"serving.restart/{name}"].edits_until(now) if e.value]
        limit = round(levers[f"serving.queue_limit/{name}"].number_at(now))
        stations.append((name, ready, wanted, _mean(busy), _routing(world, name, station), limit or None, round(asked[-1]) if asked else None))
        values |= {f"replicas.{name}": ready, f"desired.{name}": wanted, f"utilisation.{name}": _mean(busy)}
    fetch_ms = levers["serving.fetch_timeout_ms"].number_at(now) or spec.fetch_timeout_ms
    request_ms = levers["serving.request_timeout_ms"].number_at(now) or spec.request_timeout_ms
    challenger = levers["alias.challenger"].at(now)
    settings: list[tuple[str, Cell]] = [
        ("release", levers["serving.release"].text_at(now)),
        ("feature transform", levers["transform.serving"].text_at(now)),
        ("champion", levers["alias.champion"].text_at(now)),
        ("challenger", None if challenger is None else str(challenger)),
        ("share of the challenger", levers["traffic.challenger_share"].number_at(now)),
        ("decision threshold", levers["decision.threshold"].number_at(now)),
        ("fetch timeout, ms", fetch_ms),
        ("request timeout, ms", request_ms),
    ]
    timeouts = float(windows.timed_out.sum()) / requests if requests else None
    defaults = float(windows.default_filled.sum()) / requests if requests else None
    retries = float(windows.retries.sum())
    load: list[tuple[str, Cell]] = [
        ("requests per s", requests / _NOW_S),
        ("tries again, over first tries", retries / (requests - retries) if requests > retries else None),
        ("without an answer, share", timeouts),
        ("turned away, share", float(windows.rejected.sum()) / requests if requests else None),
        ("answered on default features, share", defaults),
        ("in flight", _mean(windows.in_flight)),
        ("p50, ms", _mean(windows.p50_ms)),
        ("p99, ms", _mean(windows.p99_ms)),
    ]
    values |= {"request_rate": requests / _NOW_S, "timeout_ratio": timeouts, "default_fill_ratio": defaults, "p99_ms.total": _mean(windows.p99_ms)}
    values |= {"release": str(settings[0][1]), "transform": str(settings[1][1]), "champion": str(settings[2][1]), "challenger": str(challenger or "none")}
    values |= {"challenger_share": settings[4][1], "threshold": settings[5][1], "fetch_timeout_ms": fetch_ms, "request_timeout_ms": request_ms}
    values["retry_ratio"] = load[1][1]
    heads = ("service", "ready", "desired", ("utilisation", "ratio"), "routing", "most waiting per replica", ("last restart asked", "time"))
    return Observation(
        "Serving",
        tables=(table("Services, last 15 min", heads, stations), table("Load, last 15 min", ("figure", "value"), load), table("In force", ("setting", "value"), settings)),
        facts=rounded_facts(values),
    )


@look(
    "serving latency",
    group="serving",
    takes="2m",
    params=(Param("last", "duration", "how far back", 6 * HOUR_S, unit="s"),),
    noticeable=_ANSWER_TIMES,
    covers=("stat.percentiles", "sys.serving", "sys.metrics", "screen.latency-doubled", "screen.latency-spike"),
)
def serving_latency(world: World, args: Args) -> Observation:
    """Shows answer times by stage: percentiles and means of the 5 min windows in the span, the last 15 min, and the same span a week before."""
    world.settle()
    if args["last"] < WINDOW_S:
        raise Refused("serving latency: last is at least 5m")
    span, now = _last_windows(world, world.settled_s, args["last"]), _last_windows(world, world.settled_s, _NOW_S)
    before = _last_windows(world, world.settled_s - WEEK_S, args["last"])
    figures = [("total", f"p{q}", f"p{q}_ms") for q in (50, 95, 99)] + [("total", "mean", "mean_ms")]
    for stage in STAGES:
        figures += [(stage, "mean", f"{stage}_ms"), (stage, "p99", f"{stage}_p99_ms")]
    rows = []
    values: dict[str, object] = {}
    for stage, figure, field in figures:
        late, early = _mean(getattr(span, field)), _mean(getattr(before, field))
        worst = float(np.nanmax(getattr(span, field))) if np.isfinite(getattr(span, field)).any() else None
        rows.append((stage, figure, _mean(getattr(now, field)), late, worst, early))
        values[f"{figure}_ms.{stage}"] = late
        if late is not None and early:
            values[f"change.{figure}.{stage}"] = late / early
    values |= {"worst_p99_ms.total": rows[2][4], "now_p99_ms.total": rows[2][2]}
    heads = ("stage", "figure", ("last 15 min", "ms"), ("mean of the span", "ms"), ("worst window", "ms"), ("a week before", "ms"))
    return Observation(
        f"Latency of the last {format_duration(args['last'])}",
        tables=(table("By stage", heads, rows),),
        text=("Percentiles are of each 5 min window, and then averaged: the span's own percentile is another figure. Percentiles of stages do not add up.",),
        facts=rounded_facts(values),
    )


@look(
    "traces",
    group="serving",
    takes="2m",
    params=(
        Param("last", "duration", "how far back", 30 * MINUTE_S, unit="s"),
        Param("n", "integer", "number of requests", 10),
    ),
    noticeable=_TRACED,
    covers=("sys.serving", "stat.percentiles"),
)
def traces(world: World, args: Args) -> Observation:
    """Shows sampled requests with the time spent in each stage, in order of arrival. Requests are kept from shortly before now only."""
    world.settle()
    if not 1 <= args["n"] <= _MOST_TRACES:
        raise Refused(f"traces: n is from 1 to {_MOST_TRACES}")
    found = world.service.traces(max(world.settled_s - args["last"], 0.0), world.settled_s, args["n"])
    if not len(found.at_s):
        raise Refused(f"traces: no requests of the last {format_duration(args['last'])} were kept")
    stages_ms = [getattr(found, f"{stage}_ms") for stage in STAGES]
    columns = (np.rint(found.at_s).astype(np.int64), *stages_ms, found.total_ms, found.answered, found.default_filled)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    total = float(found.total_ms.sum())
    values: dict[str, object] = {f"share.{stage}": float(spent.sum()) / total for stage, spent in zip(STAGES, stages_ms, strict=True)}
    values |= {f"mean_ms.{stage}": float(spent.mean()) for stage, spent in zip(STAGES, stages_ms, strict=True)}
    values |= {"mean_ms.total": total / len(rows), "slowest_ms": float(found.total_ms.max())}
    values |= {"timed_out": int((~found.answered).sum()), "on_defaults": int(found.default_filled.sum())}
    heads: tuple[str | tuple[str, str], ...] = (("at", "time"), *((stage.replace("_", " "), "ms") for stage in STAGES), ("total", "ms"), "answered", "on defaults")
    return Observation(f"Traces of the last {format_duration(args['last'])}", tables=(table("Requests", heads, rows),), facts=rounded_facts(values))


def _routing(world: World, name: str, station: StationSpec) -> str:
    """How requests find a replica, or how they are put into batches, which have one queue."""
    most, delay_ms, prefer = (world.levers[f"serving.{lever}/{name}"].number_at(world.now_s) for lever in ("batch_max", "batch_delay_ms", "batch_prefer"))
    if most > 1:
        return f"batches of up to {most:g}, delay {delay_ms:g} ms" + (f", sent at {prefer:g}" if prefer else "")
    return routing_in_force(station, world.levers[f"serving.routing/{name}"].text_at(world.now_s))


def _last_windows(world: World, until_s: float, span_s: float) -> ServiceWindows:
    return world.service.windows(max(until_s - span_s, 0.0), max(until_s, 0.0))


def _mean(values: Floats) -> float | None:
    """Mean of the known values, None without any."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None
