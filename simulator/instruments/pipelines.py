"""Looks at the orchestrator: DAGs, runs and task instances as it recorded them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from simulator.calendar import clock
from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.features import VIEWS
from simulator.durations import DAY_S, HOUR_S, format_duration
from simulator.instruments.served import known_name, trailing
from simulator.observation import Cell, Fact, Observation, rounded_facts, table
from simulator.platform.dags import DAG, DAGS
from simulator.platform.runs import DagRun, TaskInstance
from simulator.world import World

GROUP = "pipelines"
COVERS = ("sys.orchestrator", "sys.data-pipeline", "debug.green.pipeline-first", "debug.red.ignores-upstream")
SHOWN = 60
DAG_PARAM = Param("dag", "text", "which DAG", required=True, positional=True, names="dag")


@look("pipelines list", group=GROUP, takes="2m", noticeable={"success_age_s.": Noticeable(absolute=5400.0, relative=0.15)}, covers=COVERS)
def pipelines_list(world: World, args: Args) -> Observation:
    """Every DAG with its schedule, owner, pause switch, the state of its newest run and the age of its last success."""
    world.settle()
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for dag in DAGS:
        runs = [r for r in world.log.runs.values() if r.dag == dag.name]
        state = runs[-1].state if runs else "none"
        ended = max((r.end_s for r in runs if r.state == "success" and r.end_s is not None), default=None)
        age = None if ended is None else world.now_s - ended
        paused = bool(world.levers[f"pipeline.paused/{dag.name}"].at(world.now_s))
        rows.append((dag.name, f"every {format_duration(dag.every_s)}, {format_duration(dag.offset_s)} past", dag.owner, "yes" if paused else "no", state, ended, age))
        found |= {f"last_state.{dag.name}": state, f"success_age_s.{dag.name}": age, f"paused.{dag.name}": paused}
    heads = ("dag", "schedule", "owner", "paused", "newest run", ("last success", "time"), ("age", "s"))
    return Observation("DAGs", (table("DAGs", heads, rows),), facts=rounded_facts(found))


@look(
    "pipelines runs",
    group=GROUP,
    takes="3m",
    params=(DAG_PARAM, Param("last", "duration", "runs that started in this span", DAY_S)),
    noticeable={
        "runs.": Noticeable(absolute=0.5, relative=0.0),
        "failed_share": Noticeable(absolute=0.02),
        "duration_s.": Noticeable(relative=0.3),
        "rows_": Noticeable(relative=0.1),
    },
    covers=COVERS,
)
def pipelines_runs(world: World, args: Args) -> Observation:
    """Runs of a DAG with type, state, start, duration, and the rows that the run's last task read and wrote."""
    dag = DAG[known_name("dag", args["dag"], DAG)]
    trailing(world, args, "last")
    since = world.now_s - float(args["last"])
    runs = world.log.of(dag.name, since, world.now_s)
    last = {t.run_id: t for t in reversed(list(tasks_since(world, dag.name, since)))}
    rows: list[tuple[Cell, ...]] = []
    for run in runs:
        task = last.get(run.run_id) if run.end_s is not None else None
        rows.append((run.run_id, run.run_type, run.state, run.start_s, _duration(run), task.rows_in if task else None, task.rows_out if task else None))
    states = Counter(r.state for r in runs)
    types = Counter(r.run_type for r in runs)
    lengths = [d for d in map(_duration, runs) if d is not None]
    found: dict[str, object] = {f"runs.{name}": states[name] for name in ("success", "failed", "running")}
    found |= {f"runs.{name}": types[name] for name in ("scheduled", "manual", "backfill")}
    found["failed_share"] = states["failed"] / len(runs) if runs else None
    found["duration_s.median"] = float(np.median(lengths)) if lengths else None
    found["rows_in.total"] = _total([row[5] for row in rows])
    found["rows_out.total"] = _total([row[6] for row in rows])
    heads = ("run", "type", "state", ("start", "time"), ("duration", "s"), ("rows in", "rows"), ("rows out", "rows"))
    title = f"Runs of {dag.name} since {clock(since)}"
    return Observation(title, (table(_newest(title, len(rows)), heads, rows[-SHOWN:]),), facts=rounded_facts(found))


@look(
    "pipelines tasks",
    group=GROUP,
    takes="4m",
    params=(DAG_PARAM, Param("last", "duration", "tasks that ended in this span", 6 * HOUR_S), Param("task", "text", "only this task", names="task")),
    noticeable={"rows.": Noticeable(absolute=50.0, relative=0.15), "tasks.": Noticeable(absolute=0.5, relative=0.0)},
    covers=COVERS,
)
def pipelines_tasks(world: World, args: Args) -> Observation:
    """Task instances of a DAG with try, state, duration, rows read and written, and what each task reported of its work."""
    dag = DAG[known_name("dag", args["dag"], DAG)]
    names = [t.name for t in dag.tasks]
    only = args["task"] and known_name(f"task of {dag.name}", args["task"], names)
    trailing(world, args, "last")
    tasks = [t for t in reversed(list(tasks_since(world, dag.name, world.now_s - float(args["last"])))) if only in (None, t.task)]
    rows = [(t.run_id, t.task, t.try_number, t.state, t.start_s, t.end_s - t.start_s, t.rows_in, t.rows_out, _detail(t)) for t in tasks]
    states = Counter(t.state for t in tasks)
    found: dict[str, object] = {f"tasks.{name}": states[name] for name in ("success", "up_for_retry", "failed", "upstream_failed")}
    newest = {t.task: t for t in tasks if t.state in ("success", "failed")}
    found |= {f"rows_out.{name}": newest[name].rows_out for name in names if name in newest}
    for name in names:
        if name in newest and name != "materialise":
            found |= {f"{key}.{name}": value for key, value in newest[name].detail.items()}
    if dag.name == "features" and only in (None, "materialise"):
        found |= {f"rows.{view.name}": last_load(world, view.name) for view in VIEWS}
    heads = ("run", "task", "try", "state", ("start", "time"), ("duration", "s"), ("rows in", "rows"), ("rows out", "rows"), "detail")
    title = f"Tasks of {dag.name}" + (f", {only}" if only else "") + f", last {format_duration(float(args['last']))}"
    return Observation(title, (table(_newest(title, len(rows)), heads, rows[-SHOWN:]),), facts=rounded_facts(found))


def tasks_since(world: World, dag: str, since_s: float) -> Iterator[TaskInstance]:
    """Task instances of a DAG that ended at or after `since_s`, newest first."""
    for task in reversed(world.log.tasks):
        if task.end_s < since_s:
            return
        if task.dag == dag:
            yield task


def last_load(world: World, view: str) -> int | None:
    """Rows that the last due materialisation of `view` wrote, None where there was none."""
    return next((int(t.detail[view]) for t in reversed(world.log.of_task("features", "materialise")) if t.state == "success" and view in t.detail), None)


def _duration(run: DagRun) -> float | None:
    return None if run.end_s is None else run.end_s - run.start_s


def _total(cells: list[Cell]) -> float | None:
    known = [float(c) for c in cells if c is not None]
    return sum(known) if known else None


def _newest(title: str, count: int) -> str:
    return title if count <= SHOWN else f"{title}: newest {SHOWN} of {count}"


def _detail(task: TaskInstance) -> str:
    return ", ".join(f"{key} {_shown(value)}" for key, value in task.detail.items())


def _shown(value: Fact) -> str:
    return value if isinstance(value, str) else f"{value:g}"
