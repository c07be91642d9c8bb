"""What the monitors of each component on the platform map say: alert rules as they stand, tasks as the orchestrator recorded them.

Nothing here asks whether a monitor is right: for one that only hears that a job ended, a store whose job found no rows is well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from simulator.durations import format_duration
from simulator.platform.dags import DAG, Dag
from simulator.platform.runs import TaskInstance
from simulator.spec import Component
from simulator.telemetry.alerts import AlertStatus, status
from simulator.world import World

State = Literal["firing", "failed", "late", "pending", "silenced", "running", "ok", "none"]
WORST_FIRST: tuple[State, ...] = ("firing", "failed", "late", "pending", "silenced", "running", "ok")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one monitor, or all monitors of a component, say now."""

    state: State
    """`none` only of a component that nothing watches."""
    why: str
    """The monitor and what it reads; empty for `ok` and `none`."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """Newest ends of one task."""

    last: TaskInstance | None
    success_s: float | None


def rules_now(world: World) -> list[AlertStatus]:
    """Every alert rule at its last evaluation that is settled, in the order of the system's file."""
    return [status(world, rule) for rule in world.spec.alerts]


def component_readings(world: World, rules: Sequence[AlertStatus]) -> dict[str, Reading]:
    """What is said of each component by id, as of now; `rules` are what `rules_now` found."""
    components = [part for row in world.spec.map for part in row]
    said = {found.rule.name: rule_reading(found) for found in rules}
    tasks = {monitor for part in components for monitor in part.monitors if monitor not in said}
    ended, under_way = _ends(world, tasks), _under_way(world)
    said |= {task: _task_reading(world, task, ended[task], task in under_way) for task in tasks}
    return {part.id: _worst(part, said) for part in components}


def rule_reading(found: AlertStatus) -> Reading:
    """A silenced rule tells nobody, whatever it reads."""
    rule = found.rule
    if found.silenced:
        return Reading("silenced", f"{rule.name} is silenced")
    if found.state == "inactive" or found.value is None:
        return Reading("ok", "")
    return Reading(found.state, f"{rule.name}: {found.value:.4g} {rule.op} {found.threshold:g}")


def grace_s(dag: Dag) -> float:
    """How far behind its schedule a task may be before it counts as late: twice what a whole run usually takes."""
    return 2 * sum(task.minutes for task in dag.tasks) * 60.0


def _task_reading(world: World, name: str, ended: _Ended, under_way: bool) -> Reading:
    dag, now = DAG[name.partition(".")[0]], world.now_s
    if under_way:
        return Reading("running", f"{name} is running")
    last = ended.last
    if last is not None and last.state == "failed":
        return Reading("failed", f"{name} failed {_ago(now - last.end_s)}")
    if last is not None and last.state == "upstream_failed":
        return Reading("late", f"{name} did not run {_ago(now - last.end_s)}: a task before it failed")
    # Before the first success the schedule counts from the start of the world.
    if now - (dag.offset_s if ended.success_s is None else ended.success_s) <= dag.every_s + grace_s(dag):
        return Reading("ok", "")
    since = f"{name} last succeeded {_ago(now - ended.success_s)}" if ended.success_s is not None else f"{name} never succeeded"
    held = bool(world.levers[f"pipeline.paused/{dag.name}"].at(now))
    return Reading("late", f"{since}; {dag.name} is paused" if held else since)


def _ends(world: World, tasks: Collection[str]) -> dict[str, _Ended]:
    """The newest end and the newest success of each of `tasks`, read from the newest record back."""
    last: dict[str, TaskInstance] = {}
    success: dict[str, float] = {}
    for task in reversed(world.log.tasks):
        name = f"{task.dag}.{task.task}"
        if name in tasks:
            last.setdefault(name, task)
            if task.state == "success":
                success.setdefault(name, task.end_s)
                if len(success) == len(tasks):
                    break
    return {name: _Ended(last.get(name), success.get(name)) for name in tasks}


def _under_way(world: World) -> set[str]:
    """Tasks that a run is at: in each run of a whole DAG the first that has not succeeded in it. Which tasks a backfill will run is not recorded."""
    if not world.log.active:
        return set()
    found: set[str] = set()
    left = world.log.active
    for run in reversed(world.log.runs.values()):
        if run.end_s is not None:
            continue
        left -= 1
        if run.run_type != "backfill" and run.state != "queued":
            done = {task.task for task in _tasks_from(world, run.start_s) if task.run_id == run.run_id and task.state == "success"}
            found |= {f"{run.dag}.{task.name}" for task in [task for task in DAG[run.dag].tasks if task.name not in done][:1]}
        if not left:
            break
    return found


def _tasks_from(world: World, since_s: float) -> list[TaskInstance]:
    found = []
    for task in reversed(world.log.tasks):
        if task.end_s < since_s:
            break
        found.append(task)
    return found


def _worst(part: Component, said: Mapping[str, Reading]) -> Reading:
    if not part.monitors:
        return Reading("none", "")
    readings = [said[monitor] for monitor in part.monitors]
    state = min((reading.state for reading in readings), key=WORST_FIRST.index)
    return Reading(state, "; ".join(reading.why for reading in readings if reading.state == state and reading.why))


def _ago(seconds: float) -> str:
    return f"{format_duration(seconds)} ago"
