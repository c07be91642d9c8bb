"""Signals of models and what feeds them: drift reports, joined labels, failed runs, the gate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.dataplane.features import ENTITY_FEATURES
from simulator.durations import DAY_S, HOUR_S
from simulator.nature.population import Floats
from simulator.telemetry.drift_job import psi_by_day
from simulator.telemetry.readings import trailing_sum
from simulator.telemetry.signals_declared import signal
from simulator.world import World


@signal("psi_max", "", "largest population stability index of any served feature in the newest daily drift report", shown_as=("psi_max",))
def _psi_max(world: World, at_s: Floats, place: str) -> Floats:
    return _of_day(world, at_s, lambda report: max(report.values()))


@signal("psi", "", "population stability index of a served feature in the newest daily drift report", ("amount", "session_seconds", *ENTITY_FEATURES))
def _psi(world: World, at_s: Floats, place: str) -> Floats:
    return _of_day(world, at_s, lambda report: report[place])


def _of_day(world: World, at_s: Floats, pick: Callable[[dict[str, float]], float]) -> Floats:
    reports = psi_by_day(world, float(at_s[0]), float(at_s[-1]))
    ends = np.array([end for end, _ in reports])
    values = np.array([pick(report) for _, report in reports])
    index = np.searchsorted(ends, at_s, side="right")
    return np.where(index > 0, values[np.maximum(index - 1, 0)], np.nan) if len(ends) else np.full(at_s.shape, np.nan)


@signal("label_join_ratio", "ratio", "share of the chargebacks that arrived in the trailing 3 days and were joined to a payment, of those a join run has seen")
def _join_ratio(world: World, at_s: Floats, place: str) -> Floats:
    since, until = float(at_s[0]) - 6 * DAY_S, float(at_s[-1])
    arrival = world.rows.numbers("chargeback_at_s", since - 90 * DAY_S, until)
    mark, weight = (world.rows.numbers(name, since - 90 * DAY_S, until) for name in ("join_mark", "weight"))
    recent = (arrival > since) & (arrival <= until)
    arrival, mark, weight = arrival[recent], mark[recent], weight[recent]
    order = np.argsort(arrival, kind="stable")
    arrival, weight, known = arrival[order], weight[order], world.labels_known_at(arrival, mark)[order]
    seen = [float(end) for end in (t.end_s for t in world.log.of_task("labels", "join_labels")) if end <= until]
    out = np.full(at_s.shape, np.nan)
    for i, t in enumerate(at_s):
        last = max((s for s in seen if s <= t), default=None)
        if last is not None:
            inside = (arrival > last - 3 * DAY_S) & (arrival <= last - HOUR_S)
            out[i] = float((weight[inside] * (known[inside] <= t)).sum() / weight[inside].sum()) if inside.any() else np.nan
    return out


@signal("failed_runs_24h", "runs", "failed DAG runs, trailing 24 h")
def _failed(world: World, at_s: Floats, place: str) -> Floats:
    ends = np.array(sorted(r.end_s for r in world.log.runs.values() if r.state == "failed" and r.end_s is not None))
    return trailing_sum(ends, np.ones(len(ends)), at_s, DAY_S)


@signal("gate_lead", "AUC", "AUC of the newest registered version over that of the champion at its gate")
def _gate_lead(world: World, at_s: Floats, place: str) -> Floats:
    versions = [v for v in world.registry.versions if "champion_auc" in v.metrics]
    times = np.array([v.created_s for v in versions])
    lead = np.array([v.metrics["auc"] - v.metrics["champion_auc"] for v in versions])
    index = np.searchsorted(times, at_s, side="right")
    return np.where(index > 0, lead[np.maximum(index - 1, 0)], np.nan) if versions else np.full(at_s.shape, np.nan)
