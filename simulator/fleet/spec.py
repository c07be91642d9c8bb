"""What a fleet is made of, as an author writes it: machines, node pools, deployments, their autoscalers; and who calls and who trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Market = Literal["on-demand", "spot"]
Kind = Literal["off", "hpa", "kpa"]
Signal = Literal["cpu", "gpu", "concurrency", "rate"]
OnLoss = Literal["lost", "rerouted"]
Rollout = Literal["surge", "replace"]
ON_DEMAND: Market = "on-demand"
SPOT: Market = "spot"
MARKETS: tuple[Market, ...] = get_args(Market)
KINDS: tuple[Kind, ...] = get_args(Kind)
SIGNALS: tuple[Signal, ...] = get_args(Signal)
KPA_SIGNALS: tuple[Signal, ...] = ("concurrency", "rate")
"""A KPA counts requests; it knows neither processors nor cards."""
USUAL_TARGET: dict[Signal, float] = {"cpu": 0.8, "gpu": 0.8, "concurrency": 100.0, "rate": 200.0}
"""Target where somebody changes the signal and names none: 80 % of CPU (Kubernetes), 100 requests or 200 per second (Knative)."""
USUAL_WINDOW_S: dict[Kind, float] = {"off": 0.0, "hpa": 300.0, "kpa": 60.0}


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """One type of machine with its price in a dated list."""

    name: str
    cpus: float
    memory_gb: float
    gpus: int = 0
    gpu_memory_gb: float = 0.0
    """Of each card."""
    gpu: str = ""
    """Model of the cards, as in L4."""
    usd_per_hour: float = 0.0
    spot_usd_per_hour: float = 0.0

    def __post_init__(self) -> None:
        if self.cpus <= 0 or self.memory_gb <= 0 or self.gpus < 0 or (self.gpu_memory_gb > 0) != (self.gpus > 0):
            raise ValueError(f"machine {self.name} needs cpus and memory_gb above 0, and gpu_memory_gb exactly where it has gpus")
        if not 0 < self.spot_usd_per_hour <= self.usd_per_hour:
            raise ValueError(f"machine {self.name} needs prices above 0, spot at most on demand")

    def price(self, market: Market) -> float:
        """US dollars per hour."""
        return self.spot_usd_per_hour if market == SPOT else self.usd_per_hour


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """Nodes of one machine type."""

    name: str
    machine: MachineSpec
    team: str
    market: Market = ON_DEMAND
    min_nodes: int = 0
    max_nodes: int = 1
    """The pool's quota, nodes that training holds included."""
    provision_s: float = 120.0
    """From asking for a node to its joining."""
    pull_gb_per_s: float = 0.2
    disk_gb_per_s: float = 0.5
    reclaims_per_hour: float = 0.0
    """How often a spot node is taken back, per node and hour. A node on demand never is."""
    notice_s: float = 120.0
    """From the notice of a reclaim to the end of the node."""

    def __post_init__(self) -> None:
        if self.market not in MARKETS:
            raise ValueError(f"pool {self.name}: market is one of {', '.join(MARKETS)}, not {self.market!r}")
        if not 0 <= self.min_nodes <= self.max_nodes:
            raise ValueError(f"pool {self.name}: 0 <= min_nodes <= max_nodes")
        if min(self.provision_s, self.pull_gb_per_s, self.disk_gb_per_s) <= 0 or min(self.reclaims_per_hour, self.notice_s) < 0:
            raise ValueError(f"pool {self.name}: provision_s, pull_gb_per_s and disk_gb_per_s are above 0, reclaims_per_hour and notice_s not below")


@dataclass(frozen=True, slots=True)
class AutoscalerSpec:
    kind: Kind = "off"
    signal: Signal = "cpu"
    target: float = 0.8
    """Value of the signal per replica: shares of 1 for cpu and gpu, requests under way for concurrency, requests per second for rate."""
    min: int = 1
    max: int = 1
    window_s: float = 300.0
    """HPA: stabilisation of scaling down. KPA: stable window."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.signal not in SIGNALS:
            raise ValueError(f"an autoscaler has a kind of {', '.join(KINDS)} and a signal of {', '.join(SIGNALS)}")
        if self.kind == "kpa" and self.signal not in KPA_SIGNALS:
            raise ValueError(f"a kpa follows {' or '.join(KPA_SIGNALS)}, not {self.signal}")
        if self.target <= 0 or not 0 <= self.min <= self.max or self.window_s < 0:
            raise ValueError("an autoscaler has a target above 0, 0 <= min <= max and a window_s not below 0")
        if self.min == 0 and self.kind != "kpa":
            raise ValueError("only a kpa scales to zero; min is at least 1")


@dataclass(frozen=True, slots=True)
class DeploymentSpec:
    """The pods of one service. Each is one replica."""

    service: str
    pool: str
    team: str
    cpus: float
    memory_gb: float
    gpu_memory_gb: float = 0.0
    """On its card with the standard model and requests one at a time; 0 for a service without GPU."""
    gpu_memory_per_item_gb: float = 0.0
    """Added for each further request that a batch may hold."""
    per_gpu: int = 1
    """Replicas that may share one card."""
    image_gb: float = 1.0
    model_gb: float = 0.0
    """What a replica loads from disk before it is ready; 0 for a service without model."""
    warm_up_s: float = 5.0
    cpu_share: float = 1.0
    """Part of a replica's busy time in which it burns the processor it asked for."""
    on_loss: OnLoss = "lost"
    """What becomes of the requests at a replica that dies: lost with it, or sent to the others."""
    rollout: Rollout = "surge"
    """How pods are replaced whose template changed: new ones first, up to a quarter more (surge), or an old one goes first (replace)."""
    autoscaler: AutoscalerSpec = AutoscalerSpec()

    def __post_init__(self) -> None:
        if min(self.cpus, self.memory_gb) <= 0 or min(self.gpu_memory_gb, self.gpu_memory_per_item_gb, self.image_gb, self.model_gb, self.warm_up_s) < 0 or self.per_gpu < 1:
            raise ValueError(f"deployment {self.service}: cpus, memory_gb and per_gpu are above 0, other sizes and times not below")
        if not 0 <= self.cpu_share <= 1 or self.on_loss not in get_args(OnLoss) or self.rollout not in get_args(Rollout):
            raise ValueError(f"deployment {self.service}: cpu_share goes from 0 to 1, on_loss is {' or '.join(get_args(OnLoss))}, rollout {' or '.join(get_args(Rollout))}")


@dataclass(frozen=True, slots=True)
class FleetSpec:
    pools: tuple[PoolSpec, ...]
    deployments: tuple[DeploymentSpec, ...]

    def __post_init__(self) -> None:
        by_name = {pool.name: pool for pool in self.pools}
        for deployment in self.deployments:
            pool = by_name.get(deployment.pool)
            if pool is None:
                raise ValueError(f"deployment {deployment.service}: there is no pool {deployment.pool!r}")
            machine = pool.machine
            if deployment.cpus > machine.cpus or deployment.memory_gb > machine.memory_gb or deployment.gpu_memory_gb > machine.gpu_memory_gb:
                raise ValueError(f"deployment {deployment.service}: no replica fits on a {machine.name}")

    def pool(self, name: str) -> PoolSpec:
        """Raises KeyError where there is no such pool."""
        for pool in self.pools:
            if pool.name == name:
                return pool
        raise KeyError(name)

    def deployment(self, service: str) -> DeploymentSpec:
        """Raises KeyError where there is no such service."""
        for deployment in self.deployments:
            if deployment.service == service:
                return deployment
        raise KeyError(service)


@dataclass(frozen=True, slots=True)
class CallersSpec:
    """What the services of other teams do that get no answer."""

    attempts: int = 1
    """Tries before a caller gives up, the first included."""
    backoff_ms: float = 200.0
    """Pause before the second try, doubled before each further one."""
    budget: float = 0.0
    """Tries again per first try, over a minute; 0 for any number."""

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.backoff_ms < 0 or self.budget < 0:
            raise ValueError("callers make at least 1 attempt, with backoff_ms and budget not below 0")


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """Where training jobs run and how they save their work."""

    pool: str
    nodes: int = 1
    checkpoint_s: float = 1800.0
    """Work between two checkpoints."""
    checkpoint_cost_s: float = 60.0
    """Time that one checkpoint takes."""
    restart_s: float = 180.0
    """From losing a node to the job going on elsewhere."""
    team: str = ""
    """Who pays, the pool's team where empty."""
    run_usd: float = 0.0
    """Paid for each job beside its nodes: reading its frame out of the warehouse, and keeping it."""

    def __post_init__(self) -> None:
        if self.nodes < 1 or self.checkpoint_s <= 0 or min(self.checkpoint_cost_s, self.restart_s, self.run_usd) < 0:
            raise ValueError("training needs at least 1 node, checkpoint_s above 0, checkpoint_cost_s, restart_s and run_usd not below")
