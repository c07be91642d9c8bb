"""What is known of a training job: where it runs, how far it is, what it lost, and what its nodes cost. Values, replaced as the job goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

JobState = Literal["created", "queued", "provisioning", "restarting", "running", "finished", "stopped"]
"""queued: there is no room in the pool. provisioning: nodes are on their way. restarting: the last checkpoint is loaded."""
JobEventKind = JobState | Literal["reclaimed", "cut-off"]
OVER: tuple[JobState, ...] = ("finished", "stopped")


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """One try of a `fit`. Work is counted in seconds of an undisturbed run with standard checkpoints; all else is time."""

    id: str
    """The run, then the try after a #."""
    run_id: str
    try_number: int
    work_s: float
    nodes: int
    created_s: float
    state: JobState = "created"
    since_s: float = 0.0
    """Begin of the state."""
    pool: str = ""
    """Where it is or was last; empty until there was room for it."""
    market: str = ""
    checkpoint_s: float = 0.0
    """Time of working between two checkpoints, as the trainer read it when it last started."""
    round_s: float = 0.0
    """The same with the saving."""
    pace: float = 1.0
    """Time per work since then: over 1 where it saves more often than the standard or has fewer cards."""
    base_s: float = 0.0
    """Work in the checkpoint from which it last started, or would start now."""
    starts: int = 0
    reclaims: int = 0
    worked_s: float = 0.0
    """Time spent on work that was kept."""
    lost_s: float = 0.0
    """Time spent on work that no checkpoint held when a node went."""
    restarted_s: float = 0.0
    waited_s: float = 0.0
    node_s: float = 0.0
    """Node time paid for."""
    usd: float = 0.0
    end_s: float | None = None

    def done_s(self, at_s: float) -> float:
        """Work done by `at_s`, what no checkpoint holds yet included; not before the state began."""
        return min(self.base_s + (at_s - self.since_s) / self.pace, self.work_s) if self.state == "running" else self.base_s

    def saved_s(self, at_s: float) -> float:
        """Work that the newest checkpoint holds at `at_s`."""
        if self.state != "running":
            return self.base_s
        return min(self.base_s + (at_s - self.since_s) // self.round_s * self.round_s / self.pace, self.work_s)

    def unsaved_s(self, at_s: float) -> float:
        """Time since the newest checkpoint, which a reclaim at `at_s` would cost; under `round_s`."""
        return (at_s - self.since_s) % self.round_s if self.state == "running" else 0.0


@dataclass(frozen=True, slots=True)
class JobEvent:
    at_s: float
    job: str
    kind: JobEventKind
    nodes: int
    node_s: float = 0.0
    """Node time paid for since the job's last event."""
    usd: float = 0.0
    lost_s: float = 0.0
    """Time spent on work that is lost with it."""
