"""The members of a fleet: nodes and the pods on them. Times are seconds on the clock of the state that holds them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from simulator.fleet.spec import Market

NEVER = float("inf")
NodeState = Literal["provisioning", "ready", "draining"]
Phase = Literal["pending", "pulling", "loading", "ready", "backoff"]


@dataclass(frozen=True, slots=True)
class Node:
    id: int
    """Counted up over all pools, never given twice."""
    pool: str
    market: Market
    slot: int
    """Place in its pool, the lowest that was free when it was asked for."""
    state: NodeState
    until_s: float = NEVER
    """End of the state: joining, or going. A ready node has one only where nothing runs on it and its pool can spare it."""
    images: tuple[str, ...] = ()
    """Images that were pulled, in order."""
    reclaim_s: float = NEVER
    """Next notice of the cloud, as far as drawn."""
    drawn_until_s: float = NEVER
    """Up to when reclaims have been drawn; infinity where none can come."""
    hazard: float = 0.0
    """Reclaims per hour for which they were drawn."""

    @property
    def name(self) -> str:
        return f"{self.pool}-{self.id}"

    @property
    def due_s(self) -> float:
        return self.until_s if self.state != "ready" else min(self.until_s, self.reclaim_s, self.drawn_until_s)

    def later(self, by_s: float) -> Node:
        if self.until_s == self.reclaim_s == self.drawn_until_s == NEVER:
            return self
        return replace(self, until_s=self.until_s - by_s, reclaim_s=self.reclaim_s - by_s, drawn_until_s=self.drawn_until_s - by_s)


@dataclass(frozen=True, slots=True)
class Pod:
    id: int
    """Counted up over all services, never given twice."""
    service: str
    template: tuple[float, int]
    """See `DeploymentSetting.template`."""
    phase: Phase = "pending"
    node: int = -1
    card: int = -1
    """GPU of its node, -1 for none."""
    until_s: float = NEVER
    """End of the phase. A ready pod has one only after a crash: then its crashes are forgotten."""
    restarts: int = 0
    """Crashes that count for the next back-off."""

    @property
    def name(self) -> str:
        return f"{self.service}-{self.id}"

    @property
    def image(self) -> str:
        return f"{self.service}:{self.template[0]:g}"

    def later(self, by_s: float) -> Pod:
        return self if self.until_s == NEVER else replace(self, until_s=self.until_s - by_s)
