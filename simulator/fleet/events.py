"""What happened to pods, nodes and autoscalers, with the moment and, where a replica came or went, its place in the data plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EventKind = Literal[
    "scaled-up",
    "scaled-down",
    "panic-entered",
    "panic-left",
    "pod-pending",
    "pod-ready",
    "pod-stopped",
    "pod-crashed",
    "pod-oom",
    "node-asked",
    "node-ready",
    "node-reclaimed",
    "node-drained",
    "node-gone",
    "node-lost",
    "node-removed",
]
Fate = Literal["", "drains", "lost", "rerouted"]


@dataclass(frozen=True, slots=True)
class FleetEvent:
    at_s: float
    """On the clock of the state from which it came; on the world's clock once it is kept."""
    kind: EventKind
    place: str
    """The service, for pods and scaling; the pool, for nodes."""
    subject: str
    """The pod or node, empty for scaling."""
    text: str
    """One plain sentence, as an event log has it."""
    replica: int = -1
    """Place of the replica in the data plane's order: for `pod-ready` where it joins (last), else which one goes, counted
    after all earlier events; -1 where no serving replica came or went."""
    fate: Fate = ""
    """What becomes of the requests at a serving replica that goes."""

    @property
    def joins(self) -> bool:
        """A replica is there that was not."""
        return self.kind == "pod-ready"

    @property
    def leaves(self) -> bool:
        """A serving replica goes."""
        return bool(self.fate)
