"""A finding: one sentence about a drill, the steps it rests on, and the points it gave or cost. No number without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dimension = Literal["diagnosis", "mitigation", "process", "verification", "communication", "prevention"]
DIMENSIONS: tuple[Dimension, ...] = ("diagnosis", "mitigation", "process", "verification", "communication", "prevention")


@dataclass(frozen=True, slots=True)
class Finding:
    rubric: str
    """Id of the rule in content/rubrics."""
    dimension: Dimension
    flag: Literal["green", "red"]
    weight: float
    """Share of its dimension that rests on it; 0 for a cap or a remark."""
    met: bool
    """Whether what the rule speaks of happened: for a green flag that is good, for a red one it is not."""
    credit: float
    """0 to 1: share of the weight that was earned. For a red flag 1 means that it was avoided."""
    because: str
    steps: tuple[int, ...]
    cap: float | None = None
    """The score cannot be above this, where set."""
