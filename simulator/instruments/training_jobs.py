"""The look at training jobs: where each runs, how far it is, how often it lost its nodes and what that cost."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import DAY_S, HOUR_S, WEEK_S, format_duration
from simulator.instruments.served import trailing
from simulator.observation import Cell, Observation, Table, rounded_facts, table
from simulator.platform.job_records import OVER, JobEvent, TrainingJob
from simulator.telemetry.signals import read_signal
from simulator.world import World

_SHOWN = 40


@look(
    "train jobs",
    group="training",
    takes="3m",
    params=(Param("last", "duration", "jobs that were under way in this span", WEEK_S + DAY_S),),
    noticeable={
        "reclaims": Noticeable(absolute=1.5, relative=0.15),
        "starts": Noticeable(absolute=1.5, relative=0.15),
        "done_share": Noticeable(absolute=0.1),
        "lost_share": Noticeable(absolute=0.05),
        "unsaved_s": Noticeable(absolute=600.0, relative=0.3),
        "node_hours": Noticeable(absolute=0.5, relative=0.15),
        "usd": Noticeable(absolute=25.0),
        "age_ratio.training": Noticeable(absolute=0.03, relative=0.0),
    },
    covers=("sys.training", "sys.distributed-training", "sys.gpu-cost", "life.retraining"),
)
def train_jobs(world: World, args: Args) -> Observation:
    """Shows training jobs with state, nodes, starts, reclaims, work done and lost, time since the last checkpoint, node hours and cost.

    Work done is a share of the whole fit; lost is time that went into work which no checkpoint held when a node was reclaimed. Facts on a job are
    of the newest one, and of node time and money on all jobs of the span.
    """
    trailing(world, args, "last")
    since, now = world.now_s - float(args["last"]), world.now_s
    jobs = [job for job in world.log.jobs.values() if job.end_s is None or job.end_s >= since]
    events = [event for event in world.log.job_events if event.at_s >= since]
    rows: list[tuple[Cell, ...]] = [
        (job.run_id, job.try_number, job.state, job.pool or None, job.market or None, job.nodes, job.created_s, _age(job, now) / 60.0, job.done_s(now) / job.work_s,
         job.starts, job.reclaims, job.lost_s / 60.0, job.waited_s / 60.0, _unsaved(job, now), job.node_s / HOUR_S, job.usd)
        for job in reversed(jobs)
    ]  # fmt: skip
    node_s, usd = sum(event.node_s for event in events), sum(event.usd for event in events)
    values: dict[str, object] = {
        "jobs": len(jobs),
        "under_way": sum(job.state not in OVER for job in jobs),
        "checkpoint_every_s": world.jobs.checkpoint_s,
        "pool": world.jobs.pool_in_force().name,
        "market": world.jobs.pool_in_force().market,
        "lost_share": sum(event.lost_s * event.nodes for event in events) / node_s if node_s else None,
        "node_hours": node_s / HOUR_S,
        "usd": usd,
        "age_ratio.training": read_signal(world, "training_age_ratio", np.array([now]))[0],
    }
    if jobs:
        job = jobs[-1]
        values |= {"state": job.state, "starts": job.starts, "reclaims": job.reclaims, "done_share": job.done_s(now) / job.work_s, "unsaved_s": job.unsaved_s(now) or None}
    heads = ("run", "try", "state", "pool", "market", "nodes", ("begun", "time"), ("age", "min"), ("done", "ratio"), "starts", "reclaims", ("lost", "min"), ("waited", "min"),
             ("since checkpoint", "min"), ("node time", "h"), ("cost so far", "USD"))  # fmt: skip
    said = f"A job that starts now has {world.spec.training.nodes} nodes of {values['pool']}, {values['market']}, and saves every {format_duration(world.jobs.checkpoint_s)}."
    title = f"Training jobs of the last {format_duration(float(args['last']))}"
    return Observation(title, tables=(table("Newest first", heads, rows), _happened(events)), text=(said,), facts=rounded_facts(values))


def _happened(events: list[JobEvent]) -> Table:
    heads = (("at", "time"), "job", "what", ("lost", "min"), ("node time", "h"), ("charged", "USD"))
    rows = [(event.at_s, event.job, event.kind, event.lost_s / 60.0, event.node_s / HOUR_S, event.usd) for event in reversed(events)]
    return table("What happened, newest first" if len(rows) <= _SHOWN else f"What happened: newest {_SHOWN} of {len(rows)}", heads, rows[:_SHOWN])


def _age(job: TrainingJob, now_s: float) -> float:
    return (now_s if job.end_s is None else job.end_s) - job.created_s


def _unsaved(job: TrainingJob, now_s: float) -> float | None:
    return job.unsaved_s(now_s) / 60.0 if job.state == "running" else None
