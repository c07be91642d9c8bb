"""The orchestrator: SimPy processes that start runs on schedule or on demand, try tasks again, and record what happened.

What a task does when it ends is given to it from outside, so this file knows states and times only.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import simpy
from simpy.resources.resource import Request

from simulator.calendar import next_time, stamp
from simulator.durations import MINUTE_S
from simulator.levers import Levers
from simulator.platform.dags import DAG, DAGS, TRANSIENT_FAILURE, Dag
from simulator.platform.runs import DagRun, RunLog, RunType, TaskInstance
from simulator.streams import stream


@dataclass(frozen=True, slots=True)
class TaskResult:
    rows_in: int | None = None
    rows_out: int | None = None
    detail: Mapping[str, int | float | str] | None = None
    failed: bool = False
    """The task found something that it must not pass on; it is not tried again."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a task knows of its run."""

    run_id: str
    dag: Dag
    run_type: RunType
    logical_s: float
    params: Mapping[str, Any]


TaskEffect = Callable[[RunContext, str, float], TaskResult]
"""(run, task, now_s) -> result; called when the task ends successfully."""
TaskJob = Callable[[RunContext, int, float, float], Generator[simpy.Event, Any, bool]]
"""(run, try, usual length, nodes asked for at) -> a process in whose course the task's work is done; False where somebody stopped it."""


@lru_cache(maxsize=4096)
def _fortunes(seed: int, run: str, minute: int, tries: int) -> tuple[tuple[float, float], ...]:
    """For each try of a task in the run that begins in that minute: what its usual length is multiplied by, and its luck, 0 to 1. The same in every world."""
    noise = stream(seed, run, minute)
    return tuple((float(np.exp(0.25 * noise.standard_normal())), float(noise.random())) for _ in range(tries))


class Orchestrator:
    def __init__(self, env: simpy.Environment, seed: int, levers: Levers, log: RunLog, effect: TaskEffect, jobs: Mapping[str, TaskJob]) -> None:
        """`jobs` are tasks, as `dag.task`, that take what a job on nodes takes; the others take their usual length."""
        self._env, self._seed, self._levers, self._log, self._effect, self._jobs = env, seed, levers, log, effect, jobs
        self._turns = {dag.name: simpy.Resource(env, dag.max_active_runs) for dag in DAGS if dag.max_active_runs}

    def start(self) -> None:
        """Start a scheduler per DAG, and wake at each trigger that is already on the timelines."""
        for dag in DAGS:
            self._env.process(self._scheduling(dag))
            for edit in self._levers[f"pipeline.trigger/{dag.name}"].edits:
                if edit.at_s > self._env.now:
                    self._env.process(self._waiting_for(dag, edit.at_s))

    def due(self, at_s: float) -> bool:
        """Whether a run begins at this very moment, by schedule or by a trigger on the timelines."""
        return any((at_s - dag.offset_s) % dag.every_s == 0 or any(edit.at_s == at_s for edit in self._levers[f"pipeline.trigger/{dag.name}"].edits) for dag in DAGS)

    def run_now(self, dag: str, run_type: RunType, params: Mapping[str, Any] | None = None, tasks: tuple[str, ...] | None = None) -> str:
        """Start a run at once, of all tasks or only those named; returns its id."""
        return self._begin(self._context(DAG[dag], run_type, params or {}, tasks))

    def _scheduling(self, dag: Dag) -> Generator[simpy.Event, None, None]:
        while True:
            due = next_time(self._env.now, dag.every_s, dag.offset_s)
            yield self._env.timeout(due - self._env.now)
            if not self._levers[f"pipeline.paused/{dag.name}"].at(self._env.now):
                self._begin(self._context(dag, "scheduled", {}, None))

    def _waiting_for(self, dag: Dag, at_s: float) -> Generator[simpy.Event, None, None]:
        yield self._env.timeout(at_s - self._env.now)
        self._begin(self._context(dag, "manual", {}, None))

    def _begin(self, run: RunContext) -> str:
        """Start a run, or queue it where its DAG has as many under way as it may; returns its id."""
        turns = self._turns.get(run.dag.name)
        turn = None if turns is None else turns.request()
        if turn is not None and not turn.triggered:
            self._log.runs[run.run_id] = replace(self._log.runs[run.run_id], state="queued")
        self._env.process(self._running(run, turn))
        return run.run_id

    def _context(self, dag: Dag, run_type: RunType, params: Mapping[str, Any], tasks: tuple[str, ...] | None) -> RunContext:
        now = self._env.now
        run_id = f"{run_type}__{dag.name}__{stamp(now)}"
        while run_id in self._log.runs:
            run_id += "+"
        chosen = dag if tasks is None else replace(dag, tasks=tuple(t for t in dag.tasks if t.name in tasks))
        context = RunContext(run_id, chosen, run_type, now - dag.offset_s if run_type == "scheduled" else now // dag.every_s * dag.every_s, params)
        self._log.runs[run_id] = DagRun(run_id, dag.name, run_type, context.logical_s, now, None, "running")
        self._log.active += 1
        return context

    def _running(self, run: RunContext, turn: Request | None) -> Generator[simpy.Event, Any, None]:
        # A run's noise is keyed by its DAG, type and minute, so an added run never shifts another.
        key, tries = (self._seed, f"dag.{run.dag.name}.{run.run_type}", int(self._env.now // MINUTE_S) + 1), 0
        if turn is not None and self._log.runs[run.run_id].state == "queued":
            yield turn
            self._log.runs[run.run_id] = replace(self._log.runs[run.run_id], start_s=self._env.now, state="running")
        state, before_s = "success", self._env.now
        for task in run.dag.tasks:
            if state != "success":
                self._record(run, task.name, 0, "upstream_failed", self._env.now, TaskResult())
                continue
            job = self._jobs.get(f"{run.dag.name}.{task.name}")
            for attempt in range(1, run.dag.retries + 2):
                started = self._env.now
                slowness, luck = _fortunes(*key, max(len(run.dag.tasks), tries + 1))[tries]
                length, tries = task.minutes * MINUTE_S * slowness, tries + 1
                if job is None:
                    yield self._env.timeout(length)
                elif not (yield from job(run, attempt, length, before_s)):
                    self._record(run, task.name, attempt, "failed", started, TaskResult(detail={"reason": "stopped by hand"}))
                    state = "failed"
                    break
                before_s = started if job is None else self._env.now
                if luck >= TRANSIENT_FAILURE:
                    result = self._effect(run, task.name, self._env.now)
                    self._record(run, task.name, attempt, "failed" if result.failed else "success", started, result)
                    state = "failed" if result.failed else "success"
                    break
                last = attempt == run.dag.retries + 1
                self._record(run, task.name, attempt, "failed" if last else "up_for_retry", started, TaskResult(detail={"reason": "worker lost its heartbeat"}))
                if last:
                    state = "failed"
                else:
                    yield self._env.timeout(run.dag.retry_delay_s)
        self._log.runs[run.run_id] = replace(self._log.runs[run.run_id], end_s=self._env.now, state="success" if state == "success" else "failed")
        self._log.active -= 1
        if turn is not None:
            turn.resource.release(turn)

    def _record(self, run: RunContext, task: str, attempt: int, state: Any, started: float, result: TaskResult) -> None:
        self._log.tasks.append(TaskInstance(run.run_id, run.dag.name, task, attempt, state, started, self._env.now, result.rows_in, result.rows_out, result.detail or {}))
