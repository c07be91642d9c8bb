"""Which pod fits on which node: first fit by processors, memory and cards, and what the pods on a card take of its memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.fleet.in_force import DeploymentSetting, FleetSetting
from simulator.fleet.members import Node, Pod
from simulator.fleet.spec import MachineSpec

NO_CARD = -1
_ROUNDING = 1e-9


def card_for(setting: FleetSetting, deployment: DeploymentSetting, machine: MachineSpec, there: Sequence[Pod]) -> int | None:
    """The card that a new pod of `deployment` gets on a machine that holds the pods `there`: the one with fewest, then the first.
    `NO_CARD` for a pod without GPU, None where it does not fit.

    A card takes pods up to `per_gpu`, whatever they need of its memory: a scheduler that shares cards by time does not see it.
    """
    cpus = deployment.cpus + sum(setting.deployment(pod.service).cpus for pod in there)
    memory_gb = deployment.memory_gb + sum(setting.deployment(pod.service).memory_gb for pod in there)
    if cpus > machine.cpus + _ROUNDING or memory_gb > machine.memory_gb + _ROUNDING:
        return None
    if not deployment.gpu_memory_gb:
        return NO_CARD
    load = [sum(pod.card == card for pod in there) for card in range(machine.gpus)]
    if not load or min(load) >= deployment.per_gpu:
        return None
    return load.index(min(load))


def first_fit(setting: FleetSetting, deployment: DeploymentSetting, nodes: Iterable[Node], pods: Iterable[Pod]) -> tuple[Node, int] | None:
    """The first of `nodes` in the deployment's pool with room for one more pod, and the card there; None where none has."""
    machine = setting.pool(deployment.pool).machine
    placed = [pod for pod in pods if pod.node >= 0]
    for node in nodes:
        if node.pool == deployment.pool:
            card = card_for(setting, deployment, machine, [pod for pod in placed if pod.node == node.id])
            if card is not None:
                return node, card
    return None


def fits_card(setting: FleetSetting, machine: MachineSpec, sharing: Iterable[Pod]) -> bool:
    """Whether the pods `sharing` one card have enough of its memory, all together."""
    return sum(setting.deployment(pod.service).gpu_memory_gb for pod in sharing) <= machine.gpu_memory_gb + _ROUNDING
