"""Named signals: what alert rules, objectives and guards are written about. Each reads what the company could know at a time.

A signal is a function of a world and ascending times; it gives one value per time, NaN where there is nothing to measure.
A place after a slash narrows it, as in `data_age_s/card_velocity`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.dataplane.features import ENTITY_FEATURES, SOURCE_OF, VIEW, VIEWS
from simulator.durations import DAY_S, HOUR_S, MINUTE_S, WEEK_S
from simulator.nature.population import Floats
from simulator.telemetry.drift_job import psi_by_day
from simulator.telemetry.readings import arrivals, payments_share, ratio, trailing_sum
from simulator.world import World

Reader = Callable[[World, Floats, str], Floats]


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    unit: str
    help: str
    read: Reader
    places: tuple[str, ...] = ()
    """Places that may follow the name; none means the signal has no place."""
    shown_as: tuple[str, ...] = ()
    """How facts begin that show the same quantity in looks of other names."""


SIGNALS: dict[str, Signal] = {}


def _signal(name: str, unit: str, text: str, places: tuple[str, ...] = (), shown_as: tuple[str, ...] = ()) -> Callable[[Reader], Reader]:
    def declare(read: Reader) -> Reader:
        SIGNALS[name] = Signal(name, unit, text, read, places, shown_as)
        return read

    return declare


def read_signal(world: World, name: str, at_s: Floats) -> Floats:
    """Values of `name` (with its place) at ascending times not later than what is settled. Raises KeyError if unknown."""
    base, _, place = name.partition("/")
    return SIGNALS[base].read(world, np.asarray(at_s, dtype=np.float64), place) if len(at_s) else np.empty(0)


def signal_names() -> list[str]:
    return [f"{s.name}/{place}" if place else s.name for s in SIGNALS.values() for place in (s.places or ("",))]


_VIEW_NAMES = tuple(view.name for view in VIEWS)


@_signal("missed_fraud_per_10k", "per 10k", "network fraud warnings per 10,000 approved payments, trailing 48 h", shown_as=("warnings_per_10k.",))
def _missed(world: World, at_s: Floats, place: str) -> Floats:
    since, until = float(at_s[0]) - 2 * DAY_S, float(at_s[-1])
    times, weights = arrivals(world, "warning_at_s", since, until, 8 * DAY_S)
    paid = world.rows.numbers("at_s", since, until)
    approved = world.rows.numbers("weight", since, until) * world.rows.numbers("approved", since, until)
    return 1e4 * ratio(trailing_sum(times, weights, at_s, 2 * DAY_S), trailing_sum(paid, approved, at_s, 2 * DAY_S))


@_signal("chargebacks_per_10k", "per 10k", "chargebacks that arrived per 10,000 approved payments, trailing 7 d")
def _chargebacks(world: World, at_s: Floats, place: str) -> Floats:
    since, until = float(at_s[0]) - WEEK_S, float(at_s[-1])
    times, weights = arrivals(world, "chargeback_at_s", since, until, 60 * DAY_S)
    paid = world.rows.numbers("at_s", since, until)
    approved = world.rows.numbers("weight", since, until) * world.rows.numbers("approved", since, until)
    return 1e4 * ratio(trailing_sum(times, weights, at_s, WEEK_S), trailing_sum(paid, approved, at_s, WEEK_S))


@_signal("decline_ratio", "ratio", "share of payments declined, trailing 24 h")
def _declined(world: World, at_s: Floats, place: str) -> Floats:
    return payments_share(world, at_s, DAY_S, lambda a, b: 1.0 - world.rows.numbers("approved", a, b))


@_signal("decline_change", "ratio", "share declined in the trailing 24 h against the same 24 h a week before")
def _decline_change(world: World, at_s: Floats, place: str) -> Floats:
    return ratio(_declined(world, at_s, ""), _declined(world, at_s - WEEK_S, ""))


@_signal("score_mean", "", "mean fraud score, trailing 24 h")
def _score_mean(world: World, at_s: Floats, place: str) -> Floats:
    return payments_share(world, at_s, DAY_S, lambda a, b: world.rows.numbers("score", a, b))


@_signal("score_mean_low", "ratio", "mean score of the trailing 24 h against the same 24 h a week before")
def _score_change(world: World, at_s: Floats, place: str) -> Floats:
    return ratio(_score_mean(world, at_s, ""), _score_mean(world, at_s - WEEK_S, ""))


def _service(world: World, at_s: Floats, part: str, whole: str | None, worst: bool = False) -> Floats:
    """A service figure over the last three complete windows at each time: a ratio of sums, or the mean or the worst of `part`."""
    windows = world.service.windows(float(at_s[0]) - HOUR_S, float(at_s[-1]) + 1.0)
    ends = windows.start_s + 5 * MINUTE_S
    values = np.asarray(getattr(windows, part), dtype=np.float64)
    span = 15 * MINUTE_S
    top = trailing_sum(ends, np.nan_to_num(values), at_s, span)
    return ratio(top, trailing_sum(ends, np.ones(len(ends)) if whole is None else np.asarray(getattr(windows, whole), dtype=np.float64), at_s, span))


@_signal("request_rate", "per s", "payments per second, last 15 min")
def _rate(world: World, at_s: Floats, place: str) -> Floats:
    return _service(world, at_s, "requests", None) / (5 * MINUTE_S)


@_signal("latency_p99_ms", "ms", "99th percentile of answer time, mean of the last three windows")
def _p99(world: World, at_s: Floats, place: str) -> Floats:
    return _service(world, at_s, "p99_ms", None)


@_signal("latency_p50_ms", "ms", "median answer time, mean of the last three windows")
def _p50(world: World, at_s: Floats, place: str) -> Floats:
    return _service(world, at_s, "p50_ms", None)


@_signal("timeout_ratio", "ratio", "share of callers that got no answer in time, last 15 min")
def _timeouts(world: World, at_s: Floats, place: str) -> Floats:
    return _service(world, at_s, "timed_out", "requests")


@_signal("default_fill_ratio", "ratio", "share of payments scored on default features, last 15 min")
def _defaults(world: World, at_s: Floats, place: str) -> Floats:
    return _service(world, at_s, "default_filled", "requests")


@_signal("job_freshness_s", "s", "time since the last materialisation of a view finished", _VIEW_NAMES)
def _job_freshness(world: World, at_s: Floats, place: str) -> Floats:
    return at_s - world.levers[f"online.job_end_s/{place}"].numbers(at_s)


@_signal("job_freshness_ratio", "ratio", "time since the last materialisation finished against its schedule, worst view")
def _job_ratio(world: World, at_s: Floats, place: str) -> Floats:
    return np.asarray(np.max([_job_freshness(world, at_s, view.name) / view.cadence_s for view in VIEWS], axis=0))


@_signal("data_age_s", "s", "age of the newest row of a view in the online store", _VIEW_NAMES)
def _data_age(world: World, at_s: Floats, place: str) -> Floats:
    age = at_s - world.levers[f"online.event_time_s/{place}"].numbers(at_s)
    return np.where(np.isfinite(age), age, np.nan)


@_signal("materialised_rows", "rows", "rows written by the last due materialisation of a view", _VIEW_NAMES)
def _materialised(world: World, at_s: Floats, place: str) -> Floats:
    done = [(t.end_s, float(t.detail[place])) for t in world.log.tasks if t.task == "materialise" and t.state == "success" and place in t.detail]
    if not done:
        return np.full(at_s.shape, np.nan)
    ends, rows = (np.array(column) for column in zip(*done, strict=True))
    index = np.searchsorted(ends, at_s, side="right")
    return np.where(index > 0, rows[np.maximum(index - 1, 0)], np.nan)


@_signal(
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


@_signal("parity_correlation", "", "correlation between served values of a view and point-in-time values from the offline store, trailing 6 h, worst feature", _VIEW_NAMES)
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


@_signal("psi_max", "", "largest population stability index of any served feature in the newest daily drift report", shown_as=("psi_max",))
def _psi_max(world: World, at_s: Floats, place: str) -> Floats:
    return _of_day(world, at_s, lambda report: max(report.values()))


@_signal("psi", "", "population stability index of a served feature in the newest daily drift report", ("amount", "session_seconds", *ENTITY_FEATURES))
def _psi(world: World, at_s: Floats, place: str) -> Floats:
    return _of_day(world, at_s, lambda report: report[place])


def _of_day(world: World, at_s: Floats, pick: Callable[[dict[str, float]], float]) -> Floats:
    reports = psi_by_day(world, float(at_s[0]), float(at_s[-1]))
    ends = np.array([end for end, _ in reports])
    values = np.array([pick(report) for _, report in reports])
    index = np.searchsorted(ends, at_s, side="right")
    return np.where(index > 0, values[np.maximum(index - 1, 0)], np.nan) if len(ends) else np.full(at_s.shape, np.nan)


@_signal("label_join_ratio", "ratio", "share of the chargebacks that arrived in the trailing 3 days and were joined to a payment, of those a join run has seen")
def _join_ratio(world: World, at_s: Floats, place: str) -> Floats:
    since, until = float(at_s[0]) - 6 * DAY_S, float(at_s[-1])
    arrival = world.rows.numbers("chargeback_at_s", since - 90 * DAY_S, until)
    mark, weight = (world.rows.numbers(name, since - 90 * DAY_S, until) for name in ("join_mark", "weight"))
    recent = (arrival > since) & (arrival <= until)
    arrival, mark, weight = arrival[recent], mark[recent], weight[recent]
    order = np.argsort(arrival, kind="stable")
    arrival, weight, known = arrival[order], weight[order], world.labels_known_at(arrival, mark)[order]
    seen = [float(end) for end in (t.end_s for t in world.log.tasks if t.dag == "labels" and t.task == "join_labels") if end <= until]
    out = np.full(at_s.shape, np.nan)
    for i, t in enumerate(at_s):
        last = max((s for s in seen if s <= t), default=None)
        if last is not None:
            inside = (arrival > last - 3 * DAY_S) & (arrival <= last - HOUR_S)
            out[i] = float((weight[inside] * (known[inside] <= t)).sum() / weight[inside].sum()) if inside.any() else np.nan
    return out


@_signal("failed_runs_24h", "runs", "failed DAG runs, trailing 24 h")
def _failed(world: World, at_s: Floats, place: str) -> Floats:
    ends = np.array(sorted(r.end_s for r in world.log.runs.values() if r.state == "failed" and r.end_s is not None))
    return trailing_sum(ends, np.ones(len(ends)), at_s, DAY_S)


@_signal("gate_lead", "AUC", "AUC of the newest registered version over that of the champion at its gate")
def _gate_lead(world: World, at_s: Floats, place: str) -> Floats:
    versions = [v for v in world.registry.versions if "champion_auc" in v.metrics]
    times = np.array([v.created_s for v in versions])
    lead = np.array([v.metrics["auc"] - v.metrics["champion_auc"] for v in versions])
    index = np.searchsorted(times, at_s, side="right")
    return np.where(index > 0, lead[np.maximum(index - 1, 0)], np.nan) if versions else np.full(at_s.shape, np.nan)
