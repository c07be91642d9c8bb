"""The tables that a learner's SQL may read, each built from the world when a statement names it.

A row holds what the company can know now. Where knowing comes later than happening, both times are columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.features import FEATURES, VIEWS
from simulator.dataplane.fleet_windows import POOL_MEASURES, SERVICE_MEASURES
from simulator.dataplane.windows import MEASURES
from simulator.durations import DAY_S, HOUR_S
from simulator.nature.population import CHANNELS, REGIONS, Floats
from simulator.telemetry.alerts import firing_times
from simulator.telemetry.audit import changes, shown_value
from simulator.telemetry.billing import TRAINING, bill_of
from simulator.telemetry.labelled import chargeback_label_at
from simulator.telemetry.logs import log_lines
from simulator.telemetry.metrics import metric_names, read_metric
from simulator.telemetry.sql import TableColumns, TableProvider
from simulator.world import World

HISTORY_S = 30 * DAY_S
MOST_PREDICTIONS = 100_000
LABEL_HISTORY_S = 90 * DAY_S
SERVICE_HISTORY_S = 14 * DAY_S
"""How far back windows of 5 min go in tables."""

_NUMBERS: WeakKeyDictionary[World, int] = WeakKeyDictionary()
_NEXT = count(1)


def tables(world: World) -> TableProvider:
    """A provider of the world's tables as they are now."""
    world.settle()

    def provide(name: str) -> TableColumns | None:
        return _TABLES[name](world) if name in _TABLES else None

    return provide


def table_names() -> tuple[str, ...]:
    return tuple(_TABLES)


def version(world: World) -> str:
    """A text that differs whenever a table could: by world of this process, its time, and what was done to it at that time."""
    if world not in _NUMBERS:
        _NUMBERS[world] = next(_NEXT)
    edits = sum(1 for _ in world.levers.all_edits())
    return f"{_NUMBERS[world]}:{world.now_s:.3f}:{edits}:{len(world.log.tasks)}:{len(world.log.runs)}:{len(world.registry.versions)}:{len(world.charges)}"


def _metrics(world: World) -> TableColumns:
    at_s = _hours(world)
    names = metric_names()
    values = [read_metric(world, name, at_s, HOUR_S) for name in names]
    return {"at_s": np.tile(at_s, len(names)), "name": np.repeat(np.array(names), len(at_s)), "value": np.concatenate(values) if len(at_s) else at_s}


def _logs(world: World) -> TableColumns:
    lines = log_lines(world, world.now_s - HISTORY_S, world.now_s)
    return {
        "at_s": np.array([line.at_s for line in lines]),
        "level": [line.level for line in lines],
        "logger": [line.logger for line in lines],
        "text": [line.text for line in lines],
    }


def _predictions(world: World) -> TableColumns:
    since, until = max(world.settled_s - HISTORY_S, 0.0), world.settled_s
    rows = world.rows
    times = rows.numbers("at_s", since, until)
    stride = -(-len(times) // MOST_PREDICTIONS) or 1

    def thin(name: str) -> Floats:
        return rows.numbers(name, since, until)[::stride]

    at_s, approved = times[::stride], thin("approved") > 0
    label_at = chargeback_label_at(world, thin("chargeback_at_s"), thin("join_mark"))
    mature = approved & (at_s < world.now_s - world.levers["training.label_age_s"].number_at(world.now_s))
    warning_at = thin("warning_at_s")
    return {
        "at_s": at_s,
        "version": _words(thin("version"), [f"v{n}" for n in range(world.registry.next_number)]),
        "channel": _words(thin("channel"), list(CHANNELS)),
        "region": _words(thin("region"), list(REGIONS)),
        "amount_paid": thin("paid"),
        "score": thin("score"),
        "approved": approved,
        "explored": thin("explored") > 0,
        "default_filled": thin("default_filled") > 0,
        **{name: thin(f"served.{name}") for name in FEATURES},
        "sample_weight": thin("weight") * stride,
        "label": np.where(np.isfinite(label_at), 1.0, np.where(mature, 0.0, np.nan)),
        "label_at": np.where(np.isfinite(label_at), label_at, np.nan),
        "warning_at": np.where(warning_at <= world.now_s, warning_at, np.nan),
    }


def _labels(world: World) -> TableColumns:
    since, until = max(world.now_s - LABEL_HISTORY_S, 0.0), world.settled_s
    arrival = world.rows.numbers("chargeback_at_s", since, until)
    came = arrival <= world.now_s
    arrival, order = arrival[came], np.argsort(arrival[came], kind="stable")

    def of(name: str) -> Floats:
        return world.rows.numbers(name, since, until)[came][order]

    joined_at = chargeback_label_at(world, arrival[order], of("join_mark"))
    joined = np.isfinite(joined_at)
    return {
        "arrived_at_s": arrival[order],
        "joined": joined,
        "joined_at_s": np.where(joined, joined_at, np.nan),
        "payment_at_s": np.where(joined, of("at_s"), np.nan),
        "amount": of("paid"),
        "sample_weight": of("weight"),
    }


def _features(world: World) -> TableColumns:
    at_s = _hours(world)
    names = [view.name for view in VIEWS]
    return {
        "at_s": np.tile(at_s, len(names)),
        "view": np.repeat(np.array(names), len(at_s)),
        "data_age_s": np.concatenate([read_metric(world, f"data_age_s/{name}", at_s, HOUR_S) for name in names]),
        "job_age_s": np.concatenate([read_metric(world, f"job_freshness_s/{name}", at_s, HOUR_S) for name in names]),
    }


def _pipeline_runs(world: World) -> TableColumns:
    runs = list(world.log.runs.values())
    return {
        "run_id": [r.run_id for r in runs],
        "dag": [r.dag for r in runs],
        "run_type": [r.run_type for r in runs],
        "logical_s": np.array([r.logical_s for r in runs]),
        "start_s": np.array([r.start_s for r in runs]),
        "end_s": [r.end_s for r in runs],
        "state": [r.state for r in runs],
    }


def _task_instances(world: World) -> TableColumns:
    done = [t for t in world.log.tasks if t.end_s > world.now_s - HISTORY_S]
    return {
        "run_id": [t.run_id for t in done],
        "dag": [t.dag for t in done],
        "task": [t.task for t in done],
        "try_number": np.array([t.try_number for t in done]),
        "state": [t.state for t in done],
        "start_s": np.array([t.start_s for t in done]),
        "end_s": np.array([t.end_s for t in done]),
        "rows_in": [t.rows_in for t in done],
        "rows_out": [t.rows_out for t in done],
        "detail": [json.dumps(dict(t.detail), sort_keys=True) for t in done],
    }


def _registry(world: World) -> TableColumns:
    versions = world.registry.versions
    alias = {world.levers[f"alias.{name}"].at(world.now_s): name for name in ("challenger", "champion")}
    return {
        "version": [v.name for v in versions],
        "alias": [alias.get(v.name) for v in versions],
        "created_s": np.array([v.created_s for v in versions]),
        "frame_since_s": np.array([v.frame_since_s for v in versions]),
        "frame_until_s": np.array([v.frame_until_s for v in versions]),
        "rows": np.array([v.rows for v in versions]),
        "positives": np.array([v.positives for v in versions]),
        "join_kind": [v.join for v in versions],
        "transform": [v.transform for v in versions],
        "trained_by": [v.trained_by for v in versions],
        "passed_gate": np.array([v.passed_gate for v in versions]),
        **{name: [v.metrics.get(name) for v in versions] for name in ("auc", "champion_auc", "log_loss", "positive_rate", "mean_score")},
        "digest": [v.scorer.digest() for v in versions],
    }


def _changes(world: World) -> TableColumns:
    found = changes(world, 0.0, world.now_s)
    return {
        "at_s": np.array([c.at_s for c in found]),
        "lever": [c.lever for c in found],
        "before": [shown_value(c.before) for c in found],
        "after": [shown_value(c.after) for c in found],
        "who": [c.who for c in found],
        "why": [c.why for c in found],
        "scheduled": np.array([c.scheduled for c in found], dtype=bool),
    }


def _costs(world: World) -> TableColumns:
    bill = bill_of(world, world.settled_s - HISTORY_S, world.settled_s).by(DAY_S)
    predictions = np.sum(list(bill.predictions.values()), axis=0) if bill.predictions else np.zeros(len(bill.start_s))
    return {"day_start_s": bill.start_s, "node_usd": bill.usd - bill.resources[TRAINING], "training_usd": bill.resources[TRAINING], "predictions": predictions}


def _cost_lines(world: World) -> TableColumns:
    bill = bill_of(world, world.settled_s - HISTORY_S, world.settled_s).by(DAY_S)
    lines = [(split, name, usd) for split, parts in (("resource", bill.resources), ("team", bill.teams), ("use", bill.uses), ("model", bill.models)) for name, usd in parts.items()]
    days = len(bill.start_s)
    return {
        "day_start_s": np.tile(bill.start_s, len(lines)),
        "split": np.repeat(np.array([split for split, _, _ in lines]), days),
        "name": np.repeat(np.array([name for _, name, _ in lines]), days),
        "usd": np.concatenate([usd for _, _, usd in lines]) if lines else np.empty(0),
    }


def _service(world: World) -> TableColumns:
    windows = world.service.windows(max(world.settled_s - SERVICE_HISTORY_S, 0.0), world.settled_s)
    return {"start_s": windows.start_s, **{measure: getattr(windows, measure) for measure in MEASURES}}


def _fleet(world: World) -> TableColumns:
    fleet = world.service.fleet_windows(max(world.settled_s - SERVICE_HISTORY_S, 0.0), world.settled_s)
    count = len(fleet.start_s)
    parts = [*fleet.services.items(), *fleet.pools.items()]
    nothing = np.full(count, np.nan)
    return {
        "start_s": np.tile(fleet.start_s, len(parts)),
        "kind": np.repeat(np.array(["service"] * len(fleet.services) + ["pool"] * len(fleet.pools)), count),
        "name": np.repeat(np.array([name for name, _ in parts]), count),
        **{measure: np.concatenate([getattr(part, measure, nothing) for _, part in parts]) for measure in (*SERVICE_MEASURES, *POOL_MEASURES)},
    }


def _fleet_events(world: World) -> TableColumns:
    events = world.service.fleet_events(max(world.settled_s - HISTORY_S, 0.0), world.settled_s)
    return {
        "at_s": np.array([event.at_s for event in events]),
        "kind": [event.kind for event in events],
        "place": [event.place for event in events],
        "subject": [event.subject for event in events],
        "text": [event.text for event in events],
    }


def _alerts(world: World) -> TableColumns:
    since = max(world.settled_s - HISTORY_S, 0.0)
    fired = sorted((at_s, rule.name, rule.severity) for rule in world.spec.alerts for at_s in firing_times(world, rule, since, world.settled_s))
    return {"fired_at_s": np.array([at_s for at_s, _, _ in fired]), "rule": [name for _, name, _ in fired], "severity": [severity for _, _, severity in fired]}


def _hours(world: World) -> Floats:
    last = world.settled_s // HOUR_S
    return np.arange(max(last - HISTORY_S // HOUR_S, 0.0) + 1, last + 1) * HOUR_S


def _words(codes: Floats, words: list[str]) -> NDArray[np.str_]:
    return np.array(words)[codes.astype(np.int64)] if len(codes) else np.array([], dtype=str)


_TABLES: dict[str, Callable[[World], TableColumns]] = {
    "alerts": _alerts,
    "changes": _changes,
    "cost_lines": _cost_lines,
    "costs": _costs,
    "features": _features,
    "fleet": _fleet,
    "fleet_events": _fleet_events,
    "labels": _labels,
    "logs": _logs,
    "metrics": _metrics,
    "pipeline_runs": _pipeline_runs,
    "predictions": _predictions,
    "registry": _registry,
    "service": _service,
    "task_instances": _task_instances,
}
