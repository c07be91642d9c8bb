"""The books of training jobs: what each did with its time, what its nodes cost, and what happened to it, written into the run log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import simpy

from simulator.durations import HOUR_S
from simulator.platform.job_records import OVER, JobEvent, JobEventKind, JobState, TrainingJob
from simulator.platform.runs import RunLog


@dataclass(slots=True)
class Gang:
    """The nodes that a job holds or has asked for, by place in the gang."""

    pool: str
    market: str
    usd_per_hour: float
    """Of one node."""
    slots: tuple[int, ...]
    """Slots of the pool."""
    joined_s: list[float]
    """When each node joins; one on its way counts against the quota and costs nothing yet."""
    paid_s: list[float]
    """Up to when each node is paid for."""
    seen_s: float
    """Reclaims up to here have happened."""

    def pay(self, now_s: float) -> float:
        """Node seconds since they were last paid for."""
        node_s = sum(max(now_s - paid_s, 0.0) for paid_s in self.paid_s)
        self.paid_s = [max(now_s, paid_s) for paid_s in self.paid_s]
        return node_s


class JobLedger:
    def __init__(self, env: simpy.Environment, log: RunLog, charge: Callable[[float, float], None], run_usd: float) -> None:
        """`charge` is told a time and US dollars. `run_usd` is paid once per run, at the end of its first job."""
        self._env, self._log, self._charge, self._run_usd = env, log, charge, run_usd

    def open(self, run_id: str, try_number: int, work_s: float, nodes: int) -> str:
        """Begin a job that waits for nothing yet; returns its id."""
        job = TrainingJob(f"{run_id}#{try_number}", run_id, try_number, work_s, nodes, self._env.now, since_s=self._env.now)
        self._log.jobs[job.id] = job
        return job.id

    def job(self, id: str) -> TrainingJob:
        return self._log.jobs[id]

    def note(self, job: TrainingJob) -> None:
        """Keep what the job says of itself now."""
        self._log.jobs[job.id] = job

    def enter(self, id: str, state: JobState, gang: Gang | None) -> None:
        """Close the state that the job is in, and begin another; nothing where it is in it already. A stopped job loses what is not saved."""
        job, now = self.job(id), self._env.now
        if job.state == state:
            return
        lost = job.unsaved_s(now) if state == "stopped" else 0.0
        work_s = job.work_s if state == "finished" else job.saved_s(now)
        self.note(replace(_closed(job, now, lost), base_s=work_s, state=state, end_s=now if state in OVER else None))
        self._pay(id, state, gang, lost)

    def interrupt(self, id: str, kind: JobEventKind, gang: Gang) -> None:
        """The job lost a node, and with it all work since its last checkpoint."""
        job, now = self.job(id), self._env.now
        lost = job.unsaved_s(now)
        self.note(replace(_closed(job, now, lost), base_s=job.saved_s(now), state="provisioning", reclaims=job.reclaims + (kind == "reclaimed")))
        self._pay(id, kind, gang, lost)

    def _pay(self, id: str, kind: JobEventKind, gang: Gang | None, lost_s: float) -> None:
        """Charge the node time since the job's last event, and record the event."""
        job, now = self.job(id), self._env.now
        node_s = 0.0 if gang is None else gang.pay(now)
        usd = 0.0 if gang is None else node_s * gang.usd_per_hour / HOUR_S
        if job.state in OVER and job.try_number == 1:
            usd += self._run_usd
        if usd:
            self._charge(now, usd)
        self.note(replace(job, node_s=job.node_s + node_s, usd=job.usd + usd))
        self._log.job_events.append(JobEvent(now, id, kind, job.nodes, node_s, usd, lost_s))


def _closed(job: TrainingJob, now_s: float, lost_s: float) -> TrainingJob:
    """The job with the time counted that it spent in its state, which ends now; `lost_s` of it went into work that is lost."""
    spent = now_s - job.since_s
    match job.state:
        case "running":
            return replace(job, since_s=now_s, worked_s=job.worked_s + spent - lost_s, lost_s=job.lost_s + lost_s)
        case "restarting":
            return replace(job, since_s=now_s, restarted_s=job.restarted_s + spent)
        case _:
            return replace(job, since_s=now_s, waited_s=job.waited_s + spent)
