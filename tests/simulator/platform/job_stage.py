"""A stage for training jobs without a world: two pools, a run log, and jobs that are started by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import simpy

from simulator.catalogue import LEVERS
from simulator.fleet.spec import DeploymentSpec, FleetSpec, MachineSpec, PoolSpec, TrainingSpec
from simulator.levers import Levers
from simulator.platform.job_records import TrainingJob
from simulator.platform.runs import RunLog
from simulator.platform.training_jobs import TrainingJobs
from simulator.timeline import Edit

BIG = MachineSpec(name="big", cpus=96, memory_gb=1024, gpus=8, gpu_memory_gb=80, usd_per_hour=50.0, spot_usd_per_hour=30.0)
SMALL = MachineSpec(name="small", cpus=4, memory_gb=16, gpus=1, gpu_memory_gb=24, usd_per_hour=0.8, spot_usd_per_hour=0.3)
FLEET = FleetSpec(
    (
        PoolSpec(name="spot", machine=BIG, team="ml", market="spot", min_nodes=0, max_nodes=4, provision_s=150.0, reclaims_per_hour=0.02),
        PoolSpec(name="gpu", machine=SMALL, team="ml", market="on-demand", min_nodes=2, max_nodes=4, provision_s=150.0),
    ),
    (DeploymentSpec(service="model-server", pool="gpu", team="ml", cpus=1.0, memory_gb=4.0),),
)
TRAINING = TrainingSpec(pool="spot", nodes=2, checkpoint_s=300.0, checkpoint_cost_s=60.0, restart_s=60.0)


@dataclass
class Stage:
    """Jobs in an environment of their own; `ended` says of each whether it came to its end, `charged` what was paid when."""

    seed: int = 1
    edits: Iterable[Edit] = ()
    fleet: FleetSpec = FLEET
    training: TrainingSpec = TRAINING
    serving: int = 2
    start_s: float = 0.0
    ended: dict[str, bool] = field(default_factory=dict)
    charged: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.env, self.log, self.levers = simpy.Environment(self.start_s), RunLog(), Levers(LEVERS, self.edits)
        self.jobs = TrainingJobs(
            self.env, self.seed, self.levers, self.log, self.fleet, self.training, lambda at_s, usd: self.charged.append((at_s, usd)), lambda pool: self.serving * (pool == "gpu")
        )

    def start(self, run_id: str = "run", work_s: float = 1200.0, asked_s: float = -1000.0) -> None:
        def running() -> simpy.events.ProcessGenerator:
            self.ended[run_id] = yield from self.jobs.running(run_id, 1, work_s, asked_s)

        self.env.process(running())

    def pull(self, lever: str, value: float | str) -> None:
        self.levers.add(Edit(self.env.now, lever, value, "test", ""))
        self.jobs.notice()

    def job(self, run_id: str = "run") -> TrainingJob:
        return self.log.jobs[f"{run_id}#1"]


def hazard(per_hour: float, pool: str = "spot", at_s: float = 0.0) -> Edit:
    return Edit(at_s, f"pool.reclaims_per_hour/{pool}", per_hour, "the cloud", "")
