"""The state of a fleet at one moment: nodes, pods and what the autoscalers remember. A value: equal futures, equal values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from simulator.fleet.in_force import FleetSetting
from simulator.fleet.members import Node, Pod

Recommendation = tuple[float, int]
"""When it was made, and how many replicas."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What one service's autoscaler knows from its last look to the next. Times are on the clock of the state."""

    service: str
    desired: int
    """Replicas that the deployment asks for."""
    recommendations: tuple[Recommendation, ...] = ()
    """HPA: those of the stabilisation window that can still hold the count up, oldest first and falling."""
    panic_s: float | None = None
    """KPA: last look at which it was over the panic threshold, None outside a panic."""
    most_in_panic: int = 0
    idle_since_s: float | None = None
    """KPA: first look at which the stable window held no request, None where it held some."""

    def later(self, by_s: float) -> Memory:
        if not self.recommendations and self.panic_s is None and self.idle_since_s is None:
            return self
        return replace(
            self,
            recommendations=tuple((at_s - by_s, count) for at_s, count in self.recommendations),
            panic_s=None if self.panic_s is None else self.panic_s - by_s,
            idle_since_s=None if self.idle_since_s is None else self.idle_since_s - by_s,
        )


@dataclass(frozen=True, slots=True)
class FleetState:
    """Times are seconds on a clock that starts at the moment of the state, or of the span in which it stands."""

    nodes: tuple[Node, ...]
    """In order of id."""
    pods: tuple[Pod, ...]
    """Ready ones in the order in which they became ready, each behind all that were there before; the others by id among them."""
    memories: tuple[Memory, ...]
    """One per deployment, in the order of the setting."""
    lost: tuple[int, ...]
    """Per pool, in the order of the setting: nodes of it that are out of reach."""
    next_node: int
    next_pod: int

    @classmethod
    def standard(cls, setting: FleetSetting, replicas: Mapping[str, int] | None = None) -> FleetState:
        """The steady state: for each service the pinned number, else that of `replicas`, else its autoscaler's fewest, all ready on ready nodes that have the image.
        Pods that no node within the quota has room for are pending."""
        from simulator.fleet.steady import steady_state

        return steady_state(setting, replicas or {})

    def ready(self, service: str) -> tuple[int, ...]:
        """Ids of the pods that serve, in the order of the data plane's replicas."""
        return tuple(pod.id for pod in self.pods if pod.service == service and pod.phase == "ready")

    def of(self, service: str) -> tuple[Pod, ...]:
        return tuple(pod for pod in self.pods if pod.service == service)

    def memory(self, service: str) -> Memory:
        return next(memory for memory in self.memories if memory.service == service)

    def node(self, id: int) -> Node:
        return next(node for node in self.nodes if node.id == id)

    def later(self, by_s: float) -> FleetState:
        """The same state on a clock that starts `by_s` later."""
        if by_s == 0.0:
            return self
        return replace(
            self,
            nodes=tuple(node.later(by_s) for node in self.nodes),
            pods=tuple(pod.later(by_s) for pod in self.pods),
            memories=tuple(memory.later(by_s) for memory in self.memories),
        )
