"""Moves on the orchestrator: start, hold and release DAGs, load a view again, and point a load at other partitions."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.observation import Observation, facts
from simulator.operations.changes import arrow, change
from simulator.operations.targets import known_dag, known_view
from simulator.world import World

_DAG = Param("dag", "text", "the DAG", required=True, positional=True, names="dag")


@move("pipelines trigger", group="pipelines", takes="2m", params=(_DAG,), blast="wide", covers=("sys.orchestrator",))
def trigger(world: World, args: Args) -> Observation:
    """Start a run of all tasks of a DAG now, outside its schedule. A paused DAG can be triggered too."""
    dag = known_dag(args["dag"])
    run_id = world.orchestrator.run_now(dag.name, "manual")
    minutes = sum(task.minutes for task in dag.tasks)
    queued = world.log.runs[run_id].state == "queued"
    said = f"Queued {run_id}: {dag.name} has as many runs under way as it may." if queued else f"Started {run_id}."
    return Observation("pipelines trigger", text=(said, f"{dag.name} usually takes {minutes:g} min."), facts=facts(dag=dag.name, usual_minutes=minutes))


@move("pipelines pause", group="pipelines", takes="1m", params=(_DAG,), blast="wide", covers=("sys.orchestrator",))
def pause(world: World, args: Args) -> Observation:
    """Hold a DAG: the scheduler starts no new runs of it. Runs under way go on."""
    return _hold(world, known_dag(args["dag"]).name, True)


@move("pipelines resume", group="pipelines", takes="1m", params=(_DAG,), blast="wide", covers=("sys.orchestrator",))
def resume(world: World, args: Args) -> Observation:
    """Release a paused DAG: the scheduler starts it again from its next due time. Missed runs are not made up for."""
    return _hold(world, known_dag(args["dag"]).name, False)


@move(
    "pipelines backfill materialise",
    group="pipelines",
    takes="3m",
    params=(Param("view", "text", "the feature view to load", required=True, names="view"),),
    blast="wide",
    covers=("sys.orchestrator", "sys.data-pipeline", "sys.feature-store"),
)
def backfill_materialise(world: World, args: Args) -> Observation:
    """Load one view into the online store again, now: only the materialise task, reading the partitions that the scheduled job reads.
    Running it twice gives the same rows.
    """
    view = known_view(args["view"])
    run_id = world.orchestrator.run_now("features", "backfill", {"view": view.name}, tasks=("materialise",))
    minutes = next(task.minutes for task in known_dag("features").tasks if task.name == "materialise")
    text = (f"Started {run_id} for {view.name}.", f"It usually takes {minutes:g} min.")
    return Observation("pipelines backfill materialise", text=text, facts=facts(view=view.name, usual_minutes=minutes))


@move(
    "pipelines repoint",
    group="pipelines",
    takes="10m",
    params=(Param("view", "text", "the feature view", required=True, positional=True, names="view"),),
    covers=("sys.orchestrator", "sys.data-pipeline"),
)
def repoint(world: World, args: Args) -> Observation:
    """Make the store job read a view from the newest partition prefix. Rows come with the next load, scheduled or backfilled."""
    view = known_view(args["view"])
    lever = f"materialise.read_path/{view.name}"
    before = change(world, {lever: "current"}, "read the newest partition prefix", already=f"the store job already reads {view.name} from the newest partition prefix")
    text = (f"Partition prefix of {view.name}: {arrow(before[lever], 'current')}.", "Nothing is loaded yet.")
    return Observation("pipelines repoint", text=text, facts={f"read_path.{view.name}": "current"})


@move(
    "pipelines dry-run",
    group="pipelines",
    takes="5m",
    params=(
        Param("view", "text", "the feature view", required=True, positional=True, names="view"),
        Param("state", "text", "on or off", required=True, positional=True, choices=("on", "off")),
    ),
    covers=("sys.orchestrator", "sys.feature-store"),
)
def dry_run(world: World, args: Args) -> Observation:
    """Let the store job only read a view's rows (on), or write them too (off). Rows come with the next load, scheduled or backfilled."""
    view, dry = known_view(args["view"]), args["state"] == "on"
    lever = f"pipeline.dry_run/{view.name}"
    before = change(world, {lever: dry}, f"dry run {args['state']}", already=f"the store job {'only reads' if dry else 'writes'} {view.name} already")
    return Observation("pipelines dry-run", text=(f"Dry run of {view.name}: {arrow(before[lever], dry)}.",), facts={f"dry_run.{view.name}": args["state"]})


def _hold(world: World, dag: str, paused: bool) -> Observation:
    lever = f"pipeline.paused/{dag}"
    before = change(world, {lever: paused}, "paused" if paused else "resumed", already=f"{dag} is {'paused already' if paused else 'not paused'}")
    name = "pipelines pause" if paused else "pipelines resume"
    return Observation(name, text=(f"{dag} paused: {arrow(before[lever], paused)}.",), facts={f"paused.{dag}": "yes" if paused else "no"})
