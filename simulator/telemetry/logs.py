"""Log lines, derived from what happened: tasks, audit log, pods and nodes, and windows in which the service fell back, timed out or turned callers away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.dataplane.windows import WINDOW_S
from simulator.platform.runs import TaskInstance
from simulator.telemetry.audit import changes, shown_value
from simulator.world import World

LEVELS = ("info", "warning", "error")
WORTH_A_WARNING, WORTH_AN_ERROR = 0.005, 0.05
"""Shares of a window's requests from which the service writes a line about fallbacks, timeouts, or what it turned away or lost."""
_LOGGER = {"pod": "kubelet", "node": "nodes", "scaled": "autoscaler", "panic": "autoscaler"}
"""Who writes of an event of the fleet, by the first word of its kind."""
_ERRORS, _WARNINGS = ("pod-crashed", "pod-oom", "node-lost"), ("pod-pending", "node-reclaimed", "node-gone", "panic-entered")


@dataclass(frozen=True, slots=True)
class LogLine:
    at_s: float
    level: str
    logger: str
    text: str


def log_lines(world: World, since_s: float, until_s: float) -> list[LogLine]:
    """Lines in (since_s, until_s], oldest first; nothing later than what is settled or known now."""
    found = [
        *(line for task in world.log.tasks if since_s < task.end_s <= until_s for line in _of_task(task)),
        *_of_runs(world, since_s, until_s),
        *(LogLine(c.at_s, "info", "audit", f"{c.who} changed {c.lever} from {shown_value(c.before)} to {shown_value(c.after)}: {c.why}") for c in changes(world, since_s, until_s)),
        *(LogLine(e.at_s, _level(e.kind), _LOGGER[e.kind.partition("-")[0]], e.text) for e in world.service.fleet_events(since_s, min(until_s, world.settled_s))),
        *_of_service(world, since_s, until_s),
    ]
    return sorted(found, key=lambda line: line.at_s)


def _level(kind: str) -> str:
    return "error" if kind in _ERRORS else "warning" if kind in _WARNINGS else "info"


def _of_runs(world: World, since_s: float, until_s: float) -> Iterator[LogLine]:
    for run in world.log.runs.values():
        if run.run_type != "scheduled" and since_s < run.start_s <= until_s:
            yield LogLine(run.start_s, "info", "scheduler", f"{run.dag} started as a {run.run_type} run")
        if run.end_s is not None and since_s < run.end_s <= until_s:
            yield LogLine(run.end_s, "error" if run.state == "failed" else "info", "scheduler", f"{run.dag} {run.run_type} run ended: {run.state}")


def _of_task(task: TaskInstance) -> Iterator[LogLine]:
    logger = f"task.{task.dag}"
    reason = str(task.detail.get("reason", ""))
    if task.state == "up_for_retry":
        yield LogLine(task.end_s, "warning", logger, f"{task.task} try {task.try_number} failed: {reason}; up for retry")
    elif task.state == "failed":
        yield LogLine(task.end_s, "error", logger, f"{task.task} failed" + (f": {reason}" if reason else ""))
    elif task.state == "upstream_failed":
        yield LogLine(task.end_s, "warning", logger, f"{task.task} not started: upstream failed")
    elif task.state == "success":
        yield from (LogLine(task.end_s, "info", logger, text) for text in _reported(task))


def _reported(task: TaskInstance) -> list[str]:
    """What a successful task says of itself: by name for those that report something, nothing for the rest."""
    detail = task.detail
    if task.task == "materialise":
        return [f"materialise {view}: {rows} rows written" for view, rows in detail.items()]
    said = {
        "ingest": lambda: f"ingest: {task.rows_in} rows read",
        "build_frame": lambda: f"build_frame: {task.rows_out} rows, {detail.get('positives')} positive, join {detail.get('join')}",
        "gate": lambda: f"gate: passed {detail.get('passed')}, candidate auc {_number(detail.get('auc'))}, champion auc {_number(detail.get('champion_auc'))}",
        "register": lambda: f"register: {detail.get('version')} registered",
        "promote": lambda: f"promote: {detail.get('version')} promoted {detail.get('promoted')}",
    }
    return [said[task.task]()] if task.task in said else []


def _number(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, (int, float)) else "unknown"


def _of_service(world: World, since_s: float, until_s: float) -> Iterator[LogLine]:
    until = min(until_s, world.settled_s)
    if until - since_s < WINDOW_S:
        return
    windows = world.service.windows(since_s, until)
    ended = np.maximum(windows.answered + windows.timed_out, 1.0)
    for counts, logger, text in (
        (windows.default_filled, "feature-client", "of {all:.0f} requests scored on default features, fetch timed out: {n:.0f}"),
        (windows.timed_out, "gateway", "of {all:.0f} requests without an answer in time: {n:.0f}"),
        (windows.rejected, "gateway", "of {all:.0f} requests turned away because the queue was full: {n:.0f}"),
        (windows.lost, "gateway", "of {all:.0f} requests lost with a replica that went: {n:.0f}"),
    ):
        share = counts / ended
        for i in np.flatnonzero(share >= WORTH_A_WARNING):
            yield LogLine(float(windows.start_s[i]) + WINDOW_S, "error" if share[i] >= WORTH_AN_ERROR else "warning", logger, text.format(all=ended[i], n=counts[i]))
