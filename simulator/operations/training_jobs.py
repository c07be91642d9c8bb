"""Moves on training jobs: how often they save their work, where they run, how large a model they fit, and ending one."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.durations import format_duration
from simulator.errors import Refused
from simulator.observation import Observation, facts, rounded_facts
from simulator.operations.changes import WHO, arrow, change
from simulator.operations.targets import known_pool
from simulator.platform.model_size import SIZES
from simulator.world import World

_LEAST_S = 10.0
_NEXT_START = "A job under way goes on as it started; it counts from its next start."


@move(
    "train checkpoints",
    group="training",
    takes="5m",
    params=(Param("every", "duration", "work between two checkpoints", required=True),),
    covers=("sys.training", "sys.distributed-training", "sys.gpu-cost"),
)
def train_checkpoints(world: World, args: Args) -> Observation:
    """Set after how much work a training job saves it. A job that loses a node goes on from its last checkpoint; each one takes time to write.
    It counts from a job's next start, after a lost node too.
    """
    every, before = float(args["every"]), world.jobs.checkpoint_s
    if every < _LEAST_S:
        raise Refused(f"a checkpoint every {format_duration(_LEAST_S)} at the most, not every {format_duration(every)}")
    already = f"training saves every {format_duration(every)} already"
    if every == before:
        raise Refused(already)
    change(world, {"training.checkpoint_s": every}, f"checkpoint every {format_duration(every)}", already=already)
    cost = world.spec.training.checkpoint_cost_s
    text = (
        f"Work between checkpoints: {format_duration(before)} -> {format_duration(every)}.",
        f"Saving takes {cost / (every + cost):.0%} of a job's time then, {cost / (before + cost):.0%} before.",
        _NEXT_START,
    )
    return Observation("train checkpoints", text=text, facts=facts(checkpoint_every_s=every))


@move(
    "train pool",
    group="training",
    takes="5m",
    params=(Param("pool", "text", "the node pool", required=True, positional=True, names="pool"),),
    covers=("sys.training", "sys.distributed-training", "sys.gpu-cost", "sys.kubernetes"),
)
def train_pool(world: World, args: Args) -> Observation:
    """Choose the node pool on which training jobs run. They wait there until its quota has room beside what services hold; fewer cards per node make them slower.
    It counts from a job's next start, after a lost node too.
    """
    pool, before = known_pool(world, args["pool"]), world.jobs.pool_in_force()
    if not pool.machine.gpus:
        raise Refused(f"the nodes of {pool.name} have no GPUs")
    already = f"training runs on {pool.name} already"
    if pool.name == before.name:
        raise Refused(already)
    change(world, {"training.pool": pool.name}, f"train on {pool.name}", already=already)
    after, slower = world.jobs.pool_in_force(), before.machine.gpus / pool.machine.gpus
    shared = [deployment.service for deployment in world.spec.fleet.deployments if deployment.pool == pool.name]
    text = [
        f"Pool of training jobs: {arrow(before.name, pool.name)}.",
        f"{world.spec.training.nodes} nodes of {pool.machine.name}, {after.market}, {pool.machine.gpus} cards each; the quota is {after.max_nodes} nodes.",
    ]
    text += [f"A fit takes {slower:g} times as long there."] if slower > 1 else []
    text += [f"{' and '.join(shared)} runs there too."] if shared else []
    return Observation("train pool", text=(*text, _NEXT_START), facts={"training_pool": pool.name})


@move(
    "train size",
    group="training",
    takes="10m",
    params=(Param("size", "text", "standard or large", required=True, positional=True, choices=tuple(SIZES)),),
    covers=("sys.training", "life.training", "sys.gpu-cost"),
)
def train_size(world: World, args: Args) -> Observation:
    """Choose the size of the model that later runs fit. A large one takes longer to fit and longer to answer; registered versions stay as they are."""
    size = args["size"]
    before = change(world, {"training.size": size}, f"fit {size} models", already=f"training fits {size} models already")
    return Observation("train size", text=(f"Size of later candidates: {arrow(before['training.size'], size)}.",), facts={"training_size": size})


@move("train stop", group="training", takes="2m", covers=("sys.training", "sys.gpu-cost", "sys.orchestrator"))
def train_stop(world: World, args: Args) -> Observation:
    """End the training job under way: it gives its nodes back, its work is lost, and its run fails without a candidate. A run that is queued starts then."""
    jobs = world.jobs.under_way()
    if not jobs:
        raise Refused("no training job is under way")
    done = {job.id: job.done_s(world.now_s) / job.work_s for job in jobs}
    for job in jobs:
        world.jobs.stop(job.id)
    text = tuple(f"Stopped by {WHO}: {job.run_id}, {job.state}, {done[job.id]:.0%} done, {job.reclaims} nodes reclaimed so far." for job in jobs)
    return Observation("train stop", text=text, facts=rounded_facts({"stopped": len(jobs), "done_share": max(done.values())}))
