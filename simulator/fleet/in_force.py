"""What is in force for pools and deployments at a moment: the spec with the world's levers applied. Values, fit for a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from simulator.fleet.clock import on_tick
from simulator.fleet.spec import (
    KINDS,
    KPA_SIGNALS,
    MARKETS,
    SIGNALS,
    USUAL_TARGET,
    USUAL_WINDOW_S,
    AutoscalerSpec,
    DeploymentSpec,
    FleetSpec,
    Kind,
    MachineSpec,
    Market,
    OnLoss,
    PoolSpec,
    Rollout,
    Signal,
)

Read = Callable[[str], object]
"""The value of a lever at the moment, by its full key, as in `serving.replicas/model-server`."""
DEPLOYMENT_LEVERS = (
    "serving.replicas",
    "serving.batch_max",
    "serving.per_gpu",
    "serving.image_gb",
    "serving.model_gb",
    *(f"autoscaler.{name}" for name in ("kind", "signal", "target", "min", "max", "window_s")),
)
POOL_LEVERS = tuple(f"pool.{name}" for name in ("min", "max", "market", "training", "provision_s", "reclaims_per_hour", "lost"))


@dataclass(frozen=True, slots=True)
class PoolSetting:
    name: str
    machine: MachineSpec
    team: str
    market: Market
    """Of nodes that are asked for; nodes of the other market are replaced one after the other."""
    min_nodes: int
    max_nodes: int
    training: int
    """Nodes of the quota that training holds."""
    lost: int
    provision_s: float
    pull_gb_per_s: float
    disk_gb_per_s: float
    reclaims_per_hour: float
    notice_s: float

    @property
    def room(self) -> int:
        """Most nodes that serving may have now."""
        return max(self.max_nodes - self.training, 0)


@dataclass(frozen=True, slots=True)
class DeploymentSetting:
    service: str
    pool: str
    team: str
    pinned: int
    """Replicas that a person asked for; 0 where the autoscaler decides."""
    cpus: float
    memory_gb: float
    gpu_memory_gb: float
    """That one replica takes on its card: the spec's, and what the model weighs beyond the standard one, and a share for
    each further request in a batch. 0 for a service without GPU."""
    per_gpu: int
    image_gb: float
    model_gb: float
    warm_up_s: float
    cpu_share: float
    on_loss: OnLoss
    rollout: Rollout
    autoscaler: AutoscalerSpec

    @property
    def template(self) -> tuple[float, int]:
        """What a pod is made from. Pods with another template are replaced, a few at a time."""
        return self.image_gb, self.per_gpu


@dataclass(frozen=True, slots=True)
class FleetSetting:
    pools: tuple[PoolSetting, ...]
    deployments: tuple[DeploymentSetting, ...]

    def pool(self, name: str) -> PoolSetting:
        return next(pool for pool in self.pools if pool.name == name)

    def deployment(self, service: str) -> DeploymentSetting:
        return next(deployment for deployment in self.deployments if deployment.service == service)


def lever_keys(spec: FleetSpec) -> tuple[str, ...]:
    """Keys of all levers on which a setting depends, beside `alias.champion` and `model.size_gb/CHAMPION`."""
    return (*(f"{name}/{d.service}" for d in spec.deployments for name in DEPLOYMENT_LEVERS), *(f"{name}/{p.name}" for p in spec.pools for name in POOL_LEVERS))


def resolve(spec: FleetSpec, read: Read) -> FleetSetting:
    """The setting at the moment that `read` reads. Raises ValueError where a lever names no kind, signal or market."""
    return FleetSetting(tuple(_pool(pool, read) for pool in spec.pools), tuple(_deployment(deployment, read) for deployment in spec.deployments))


def resolve_pool(spec: FleetSpec, name: str, read: Read) -> PoolSetting:
    """The setting of one pool alone; `resolve(spec, read).pool(name)`."""
    return _pool(spec.pool(name), read)


def _pool(spec: PoolSpec, read: Read) -> PoolSetting:
    def number(name: str, standard: float, unset: float) -> float:
        return _number(read, f"pool.{name}/{spec.name}", standard, unset)

    most = round(number("max", spec.max_nodes, -1.0))
    return PoolSetting(
        name=spec.name,
        machine=spec.machine,
        team=spec.team,
        market=cast(Market, _choice(read, f"pool.market/{spec.name}", spec.market, MARKETS)),
        min_nodes=min(round(number("min", spec.min_nodes, -1.0)), most),
        max_nodes=most,
        training=round(number("training", 0.0, 0.0)),
        lost=round(number("lost", 0.0, 0.0)),
        provision_s=on_tick(number("provision_s", spec.provision_s, 0.0)),
        pull_gb_per_s=spec.pull_gb_per_s,
        disk_gb_per_s=spec.disk_gb_per_s,
        reclaims_per_hour=number("reclaims_per_hour", spec.reclaims_per_hour, -1.0),
        notice_s=on_tick(spec.notice_s),
    )


def _deployment(spec: DeploymentSpec, read: Read) -> DeploymentSetting:
    def number(name: str, standard: float) -> float:
        return _number(read, f"serving.{name}/{spec.service}", standard, 0.0)

    model_gb = number("model_gb", _served_gb(spec, read))
    batch = max(number("batch_max", 1.0), 1.0)
    more_gb = model_gb - spec.model_gb + spec.gpu_memory_per_item_gb * (batch - 1.0)
    return DeploymentSetting(
        service=spec.service,
        pool=spec.pool,
        team=spec.team,
        pinned=round(number("replicas", 0.0)),
        cpus=spec.cpus,
        memory_gb=spec.memory_gb,
        gpu_memory_gb=max(spec.gpu_memory_gb + more_gb, 0.0) if spec.gpu_memory_gb else 0.0,
        per_gpu=round(number("per_gpu", spec.per_gpu)),
        image_gb=number("image_gb", spec.image_gb),
        model_gb=model_gb,
        warm_up_s=on_tick(spec.warm_up_s),
        cpu_share=spec.cpu_share,
        on_loss=spec.on_loss,
        rollout=spec.rollout,
        autoscaler=_autoscaler(spec.service, spec.autoscaler, read),
    )


def _served_gb(spec: DeploymentSpec, read: Read) -> float:
    """Size of the champion's artefact, for a service that loads one."""
    if not spec.model_gb:
        return 0.0
    return _number(read, f"model.size_gb/{read('alias.champion')}", spec.model_gb, 0.0)


def _autoscaler(service: str, spec: AutoscalerSpec, read: Read) -> AutoscalerSpec:
    """A KPA that is told to follow a processor follows concurrency; a signal that nobody gave a target has its usual one.
    The most replicas win over the fewest, and only a KPA may have none."""

    def number(name: str, standard: float, unset: float) -> float:
        return _number(read, f"autoscaler.{name}/{service}", standard, unset)

    kind = cast(Kind, _choice(read, f"autoscaler.kind/{service}", spec.kind, KINDS))
    signal = cast(Signal, _choice(read, f"autoscaler.signal/{service}", spec.signal, SIGNALS))
    if kind == "kpa" and signal not in KPA_SIGNALS:
        signal = "concurrency"
    most = round(number("max", spec.max, 0.0))
    fewest = max(min(round(number("min", spec.min, -1.0)), most), 0 if kind == "kpa" else 1)
    return AutoscalerSpec(
        kind,
        signal,
        number("target", spec.target if signal == spec.signal else USUAL_TARGET[signal], 0.0),
        fewest,
        most,
        number("window_s", spec.window_s if kind == spec.kind else USUAL_WINDOW_S[kind], -1.0),
    )


def _number(read: Read, key: str, standard: float, unset: float) -> float:
    value = float(cast(float, read(key)))
    return standard if value == unset else value


def _choice(read: Read, key: str, standard: str, known: tuple[str, ...]) -> str:
    value = str(read(key)) or standard
    if value not in known:
        raise ValueError(f"{key} is one of {', '.join(known)}, not {value!r}")
    return value
