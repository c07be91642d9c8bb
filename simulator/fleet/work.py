"""A state under change: what the steps of one moment work on, with the events that they cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from simulator.fleet.events import EventKind, Fate, FleetEvent
from simulator.fleet.in_force import DeploymentSetting, FleetSetting, PoolSetting
from simulator.fleet.members import Node, Pod
from simulator.fleet.state import FleetState, Memory


class Work:
    """One moment of a fleet. Changes go through its methods, which keep the data plane's order of replicas and tell it of every change."""

    def __init__(self, state: FleetState, setting: FleetSetting, now_s: float) -> None:
        self.setting, self.now_s = setting, now_s
        self.nodes: dict[int, Node] = {node.id: node for node in state.nodes}
        self.pods: dict[int, Pod] = {pod.id: pod for pod in state.pods}
        """By id; ready ones in the order in which they became ready."""
        self.memories: dict[str, Memory] = {memory.service: memory for memory in state.memories}
        self.lost = list(state.lost)
        self.next_node, self.next_pod = state.next_node, state.next_pod
        self.events: list[FleetEvent] = []
        self.unplaced: list[int] = []
        """Pods of this moment that have not found a place yet."""

    def frozen(self) -> FleetState:
        ordered: list[Pod] = []
        for deployment in self.setting.deployments:
            mine = [pod for pod in self.pods.values() if pod.service == deployment.service]
            ordered += [pod for pod in mine if pod.phase == "ready"] + sorted((pod for pod in mine if pod.phase != "ready"), key=lambda pod: pod.id)
        return FleetState(
            tuple(self.nodes[id] for id in sorted(self.nodes)),
            tuple(ordered),
            tuple(self.memories[deployment.service] for deployment in self.setting.deployments),
            tuple(self.lost),
            self.next_node,
            self.next_pod,
        )

    def say(self, kind: EventKind, place: str, subject: str, text: str, replica: int = -1, fate: Fate = "") -> None:
        self.events.append(FleetEvent(self.now_s, kind, place, subject, text, replica, fate))

    # Pods.

    def of(self, service: str) -> list[Pod]:
        return [pod for pod in self.pods.values() if pod.service == service]

    def on(self, node: Node) -> list[Pod]:
        return [pod for pod in self.pods.values() if pod.node == node.id]

    def staying(self, service: str) -> list[Pod]:
        """Pods of a service but for those whose node is about to go."""
        return [pod for pod in self.of(service) if pod.node < 0 or self.nodes[pod.node].state != "draining"]

    def create(self, deployment: DeploymentSetting) -> None:
        self.pods[self.next_pod] = Pod(self.next_pod, deployment.service, deployment.template)
        self.unplaced.append(self.next_pod)
        self.next_pod += 1

    def put(self, pod: Pod) -> None:
        """The pod changed, and goes on serving or not serving as before."""
        self.pods[pod.id] = pod

    def serve(self, pod: Pod, until_s: float) -> None:
        """The pod is ready from now on, the last replica of its service."""
        del self.pods[pod.id]
        self.pods[pod.id] = replace(pod, phase="ready", until_s=until_s)
        self.say("pod-ready", pod.service, pod.name, f"{pod.name} is ready on {self.nodes[pod.node].name}", replica=self._place(pod))

    def crash(self, pod: Pod, after: Pod, kind: EventKind, text: str) -> None:
        """The pod dies where it is and goes on as `after`."""
        fate = self.setting.deployment(pod.service).on_loss
        self._tell(pod, kind, text, fate)
        self.pods[pod.id] = after

    def remove(self, pod: Pod, kind: EventKind, text: str, fate: Fate) -> None:
        """The pod is gone; `fate` is what becomes of its requests where it served."""
        self._tell(pod, kind, text, fate)
        del self.pods[pod.id]
        if pod.id in self.unplaced:
            self.unplaced.remove(pod.id)

    def _tell(self, pod: Pod, kind: EventKind, text: str, fate: Fate) -> None:
        serving = pod.phase == "ready"
        self.say(kind, pod.service, pod.name, text, replica=self._place(pod) if serving else -1, fate=fate if serving else "")

    def _place(self, pod: Pod) -> int:
        return [other.id for other in self.of(pod.service) if other.phase == "ready"].index(pod.id)

    # Nodes.

    def of_pool(self, pool: PoolSetting) -> list[Node]:
        return [node for node in self.nodes.values() if node.pool == pool.name]

    def ask(self, pool: PoolSetting, until_s: float, why: str) -> Node:
        taken = {node.slot for node in self.of_pool(pool)}
        slot = next(slot for slot in range(len(taken) + 1) if slot not in taken)
        node = self.nodes[self.next_node] = Node(self.next_node, pool.name, pool.market, slot, "provisioning", until_s)
        self.next_node += 1
        self.say("node-asked", pool.name, node.name, f"{node.name} ({pool.machine.name}, {pool.market}) asked for: {why}")
        return node

    def drop(self, node: Node, kind: EventKind, text: str, pod_kind: EventKind, fates: Iterable[tuple[str, Fate]]) -> None:
        """The node is gone and all pods on it with it, with the fate of each service."""
        fate = dict(fates)
        self.say(kind, node.pool, node.name, text)
        for pod in self.on(node):
            self.remove(pod, pod_kind, f"{pod.name} went with its node {node.name}", fate[pod.service])
        del self.nodes[node.id]
