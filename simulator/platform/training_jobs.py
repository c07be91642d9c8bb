"""Training jobs as SimPy processes: a `fit` holds a gang of nodes, saves its work now and then, and starts again where a node is reclaimed.

All nodes of a gang work in step, so the job stands still until the last has joined. A spot node is reclaimed by its pool's hazard; the job then
loses what it did since its last checkpoint, waits for another node, loads the checkpoint and goes on. Nodes are first asked for when the
work before the fit begins, so that they have usually joined by then. A node on its way counts against the quota and costs nothing yet.

A job saves after every c of working, which takes k; against the standard c0, work so takes (1 + k/c) / (1 + k/c0) of its time, and on nodes with
fewer cards than the standard ones so many times longer. The standard saving is inside the standard length of a fit: an undisturbed one
ends to the bit at its start plus that.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from math import inf
from typing import Any

import simpy

from simulator.calendar import next_time
from simulator.fleet.in_force import PoolSetting, resolve_pool
from simulator.fleet.spec import SPOT, FleetSpec, TrainingSpec
from simulator.levers import Levers
from simulator.platform.job_ledger import Gang, JobLedger
from simulator.platform.job_reclaims import next_reclaim_s
from simulator.platform.job_records import TrainingJob
from simulator.platform.runs import RunLog
from simulator.timeline import Edit

LOOK_AGAIN_S = 300.0
"""A queued job asks for room so often: what serving holds is known at the ends of windows."""
NODES_OF_TRAINING = "pool.training"
"""The lever that says how many nodes of a pool training holds."""
WHO = "train DAG"

Waiting = Generator[simpy.Event, Any, None]


class _Stopped(Exception):
    """Somebody stopped the job."""


class TrainingJobs:
    """All training jobs of a world that are under way. What became of them is in its run log."""

    def __init__(
        self,
        env: simpy.Environment,
        seed: int,
        levers: Levers,
        log: RunLog,
        fleet: FleetSpec,
        training: TrainingSpec,
        charge: Callable[[float, float], None],
        serving_nodes: Callable[[str], int],
    ) -> None:
        """`charge` is told a time and US dollars; `serving_nodes` says how many nodes of a pool services hold."""
        self._env, self._seed, self._levers = env, seed, levers
        self._fleet, self._training, self._serving_nodes = fleet, training, serving_nodes
        self._ledger = JobLedger(env, log, charge, training.run_usd)
        self._shared = {deployment.pool for deployment in fleet.deployments}
        self._live: dict[str, Gang | None] = {}
        self._stopping: set[str] = set()
        self._changed = env.event()

    def running(self, run_id: str, try_number: int, work_s: float, asked_s: float) -> Generator[simpy.Event, Any, bool]:
        """A job from its begin to its end, with nodes asked for at `asked_s`; False where it was stopped."""
        id = self._ledger.open(run_id, try_number, work_s, self._training.nodes)
        self._live[id] = None
        finished = True
        try:
            while True:
                yield from self._gather(id, asked_s)
                if (yield from self._work(id)):
                    break
                self._give_back(id)
                asked_s = self._env.now
        except _Stopped:
            finished = False
        self._ledger.enter(id, "finished" if finished else "stopped", self._live[id])
        self._give_back(id)
        del self._live[id]
        self._stopping.discard(id)
        self.notice()
        return finished

    def under_way(self) -> list[TrainingJob]:
        return [self._ledger.job(id) for id in self._live]

    def stop(self, id: str) -> None:
        """End a job under way at once, without result."""
        self._stopping.add(id)
        self.notice()

    def notice(self) -> None:
        """Have the jobs look again at what is in force, because something was changed now."""
        if self._live:
            changed, self._changed = self._changed, self._env.event()
            changed.succeed()

    def pool_in_force(self) -> PoolSetting:
        """The pool on which a job that starts now would run."""
        return self._in_force(self._levers["training.pool"].text_at(self._env.now) or self._training.pool)

    @property
    def checkpoint_s(self) -> float:
        """Time of working between two checkpoints of a job that starts now."""
        return self._levers["training.checkpoint_s"].number_at(self._env.now) or self._training.checkpoint_s

    def held(self, pool: str) -> int:
        """Nodes of a pool that training holds or has asked for now."""
        return sum(len(gang.slots) for gang in self._live.values() if gang is not None and gang.pool == pool)

    def _gather(self, id: str, asked_s: float) -> Waiting:
        """Wait until the pool has room for the whole gang, and ask for its nodes."""
        while True:
            pool = self.pool_in_force()
            if self._room(pool) >= self._training.nodes:
                break
            self._ledger.enter(id, "queued", None)
            yield from self._await_change(id, pool.name)
            asked_s = self._env.now
        taken = {slot for gang in self._live.values() if gang and gang.pool == pool.name for slot in gang.slots}
        slots = tuple(slot for slot in range(len(taken) + self._training.nodes) if slot not in taken)[: self._training.nodes]
        joined = max(self._env.now, asked_s + pool.provision_s)
        count = len(slots)
        self._live[id] = Gang(pool.name, pool.market, pool.machine.price(pool.market), slots, [joined] * count, [joined] * count, self._env.now)
        self._ledger.note(replace(self._ledger.job(id), pool=pool.name, market=pool.market))
        self._hold(pool.name, "nodes for training")

    def _work(self, id: str) -> Generator[simpy.Event, Any, bool]:
        """Work on the gang's nodes to the end: True; False where the job has to gather others."""
        while True:
            if (yield from self._ready(id)):
                self._ledger.enter(id, "running", self._gang(id))
                job = self._started(self._ledger.job(id))
                self._ledger.note(job)
                if (yield from self._undisturbed(id, (job.work_s - job.base_s) * job.pace)):
                    return True
            if self._moves(id):
                return False

    def _ready(self, id: str) -> Generator[simpy.Event, Any, bool]:
        """Wait until all nodes have joined and have loaded the checkpoint that there is; False where that did not come to its end."""
        gang = self._gang(id)
        joined = max(gang.joined_s)
        if joined > self._env.now:
            self._ledger.enter(id, "provisioning", gang)
            if not (yield from self._undisturbed(id, joined - self._env.now)) or self._moves(id):
                return False
        if not self._ledger.job(id).starts:
            return True
        self._ledger.enter(id, "restarting", gang)
        return (yield from self._undisturbed(id, self._training.restart_s))

    def _started(self, job: TrainingJob) -> TrainingJob:
        """The job with what the trainer reads as it starts: how often it saves, and what that and the cards make of its pace."""
        every, cost = self.checkpoint_s, self._training.checkpoint_cost_s
        pool, usual = (self._fleet.pool(name).machine for name in (job.pool, self._training.pool))
        pace = (1.0 + cost / every) / (1.0 + cost / self._training.checkpoint_s) * (max(usual.gpus, 1) / max(pool.gpus, 1))
        return replace(job, checkpoint_s=every, round_s=every + cost, pace=pace, starts=job.starts + 1)

    def _undisturbed(self, id: str, length_s: float) -> Generator[simpy.Event, Any, bool]:
        """Whether `length_s` pass without losing a node. Raises _Stopped where the job is stopped meanwhile."""
        env, gang = self._env, self._gang(id)
        done, end_s = env.timeout(length_s), env.now + length_s
        while True:
            at_s, place = min((self._next_reclaim_s(gang, place, end_s), place) for place in range(len(gang.slots)))
            waking: list[simpy.Event] = [done, self._changed]
            hit = env.timeout(max(at_s - env.now, 0.0)) if at_s < end_s else None
            if hit is not None:
                waking.append(hit)
            outage_s = self._levers[f"pool.lost/{gang.pool}"].next_change_after(env.now)
            if outage_s is not None and outage_s < end_s:
                waking.append(env.timeout(outage_s - env.now))
            yield env.any_of(waking)
            if done.processed:
                return True
            if id in self._stopping:
                raise _Stopped
            if hit is not None and hit.processed:
                gang.seen_s = max(at_s, env.now)
                self._reclaimed(id, place)
                return False
            if self._out_of_reach(gang):
                self._ledger.interrupt(id, "cut-off", gang)
                self._give_back(id)
                return False

    def _next_reclaim_s(self, gang: Gang, place: int, until_s: float) -> float:
        if gang.market != SPOT:
            return inf
        line, standard = self._levers[f"pool.reclaims_per_hour/{gang.pool}"], self._fleet.pool(gang.pool).reclaims_per_hour

        def per_hour(at_s: float) -> float:
            set_to = line.number_at(at_s)
            return standard if set_to < 0.0 else set_to

        return next_reclaim_s(self._seed, gang.pool, gang.slots[place], per_hour, max(gang.seen_s, gang.joined_s[place]), until_s)

    def _reclaimed(self, id: str, place: int) -> None:
        """Lose the node at `place` of the gang and ask for another; the others are kept and paid for."""
        gang = self._gang(id)
        self._ledger.interrupt(id, "reclaimed", gang)
        gang.joined_s[place] = gang.paid_s[place] = self._env.now + self.pool_in_force().provision_s

    def _moves(self, id: str) -> bool:
        """Whether the job gives its nodes back to gather others: they are out of reach, or new ones are of another pool or market."""
        gang = self._live[id]
        pool = self.pool_in_force()
        return gang is None or (gang.pool, gang.market) != (pool.name, pool.market)

    def _gang(self, id: str) -> Gang:
        gang = self._live[id]
        assert gang is not None
        return gang

    def _give_back(self, id: str) -> None:
        gang = self._live[id]
        if gang is not None:
            self._live[id] = None
            self._hold(gang.pool, "nodes given back")

    def _hold(self, pool: str, why: str) -> None:
        """Tell the fleet how many nodes of a pool training holds now."""
        self._levers.add(Edit(self._env.now, f"{NODES_OF_TRAINING}/{pool}", float(self.held(pool)), WHO, why))

    def _room(self, pool: PoolSetting) -> int:
        """Nodes that a further job may have."""
        serving = self._serving_nodes(pool.name) if pool.name in self._shared else 0
        return pool.max_nodes - pool.lost - self.held(pool.name) - serving

    def _out_of_reach(self, gang: Gang) -> bool:
        """Whether nodes of the pool are out of reach, and the gang's cannot all be among the others."""
        setting = self._in_force(gang.pool)
        return setting.lost > 0 and self._room(setting) < 0

    def _in_force(self, pool: str) -> PoolSetting:
        """A pool as it is set now."""
        now_s = float(self._env.now)
        return resolve_pool(self._fleet, pool, lambda key: self._levers[key].at(now_s))

    def _await_change(self, id: str, pool: str) -> Waiting:
        """Wait until there may be room: a lever is pulled, another job ends, or services have given nodes back."""
        now = self._env.now
        levers = (f"pool.max/{pool}", f"pool.lost/{pool}", "training.pool")
        known = [at_s for at_s in (self._levers[key].next_change_after(now) for key in levers) if at_s is not None]
        yield self._env.any_of([self._changed, self._env.timeout(min([next_time(now, LOOK_AGAIN_S, 0.0), *known]) - now)])
        if id in self._stopping:
            raise _Stopped
