"""The rubric of a stage that is no drill: the design interview, the review and the first talk, each with dimensions of its own.

An exercise says how far each rule was seen; what comes out is the share of each dimension, its level, and the anchor of that level.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

import content
from grader.rubric import Id, Part, Percent, Text, Words, listed
from scenarios.document import load
from simulator.errors import UsageError

STAGES = ("design", "review", "screen")
LEVELS = 5
Points = dict[Text, float]


class StageRule(Part):
    """One rule: what somebody who assesses must see, and how it is worded afterwards."""

    id: Id = Field(examples=["id: design.green.core-parts"])
    competency: Id = Field(examples=["competency: design.green.core-parts"])
    flag: Literal["green", "red"]
    dimension: Text
    effect: Literal["earns", "costs"]
    weight: Annotated[float, Field(gt=0, le=100)]
    """Percent of the dimension that rests on it, or that it takes off at most."""
    seen: Text
    """What is observed where the rule is met."""
    met: Text
    not_met: Text

    @model_validator(mode="after")
    def _red_costs(self) -> StageRule:
        if (self.flag == "red") != (self.effect == "costs"):
            raise ValueError("a green rule earns and a red one costs")
        return self


class StageRubric(Part):
    format_version: Literal[1]
    stage: Literal["design", "review", "screen"]
    pass_mark: Percent
    bands: Annotated[tuple[Percent, Percent, Percent, Percent], BeforeValidator(listed)]
    """Shares of a dimension, in percent, from which levels 2 to 5 are reached."""
    dimensions: Points
    roles: dict[Text, Points]
    levels: dict[Text, Points]
    """Points that a role or level moves between dimensions."""
    rules: Annotated[tuple[StageRule, ...], BeforeValidator(listed)]
    anchors: dict[Text, Words]

    @model_validator(mode="after")
    def _whole(self) -> StageRubric:
        if math.fsum(self.dimensions.values()) != 100:
            raise ValueError("dimensions sum to 100")
        if list(self.bands) != sorted(self.bands):
            raise ValueError("bands go up")
        for name, shift in (*self.roles.items(), *self.levels.items()):
            if math.fsum(shift.values()) or not self.dimensions.keys() >= shift.keys():
                raise ValueError(f"{name} moves points between the dimensions, so they sum to 0")
        for rule in self.rules:
            if rule.dimension not in self.dimensions:
                raise ValueError(f"{rule.id} speaks of {rule.dimension}, which is no dimension")
        for dimension in self.dimensions:
            if math.fsum(r.weight for r in self.rules if r.dimension == dimension and r.effect == "earns") != 100:
                raise ValueError(f"what earns in {dimension} sums to 100")
            if len(self.anchors.get(dimension, ())) != LEVELS:
                raise ValueError(f"{dimension} needs five descriptions, one for each level")
        return self

    def shares(self, role: str, level: str) -> dict[str, float]:
        """Points of each dimension; they sum to 100. Raises UsageError for an unknown role or level."""
        for name, known in ((role, self.roles), (level, self.levels)):
            if name not in known:
                raise UsageError(f"{name!r} is not known to the {self.stage} stage; known are {', '.join(known)}")
        return {d: points + self.roles[role].get(d, 0.0) + self.levels[level].get(d, 0.0) for d, points in self.dimensions.items()}

    def level_of(self, ratio: float) -> int:
        """1 to 5, from the share of a dimension that was earned."""
        return 1 + sum(100 * ratio >= band for band in self.bands)

    def assess(self, seen: Mapping[str, float], *, role: str = "generalist", level: str = "senior") -> tuple[StageDimension, ...]:
        """How far each rule was seen, 0 to 1 by id; a rule that is not named was not asked about and leaves its weight to the others.

        Raises:
            UsageError: no such rule, role or level, or a figure that is no share.
        """
        known = {rule.id for rule in self.rules}
        for name, share in seen.items():
            if name not in known:
                raise UsageError(f"{name!r} is no rule of the {self.stage} stage")
            if not 0 <= share <= 1:
                raise UsageError(f"{name}: {share:g} is no share from 0 to 1")
        return tuple(self._assessed(d, weight, seen) for d, weight in self.shares(role, level).items())

    def _assessed(self, dimension: str, weight: float, seen: Mapping[str, float]) -> StageDimension:
        asked = [r for r in self.rules if r.dimension == dimension and r.id in seen]
        whole = math.fsum(r.weight for r in asked if r.effect == "earns")
        earned = math.fsum(r.weight * seen[r.id] for r in asked if r.effect == "earns") / whole if whole else 0.0
        lost = math.fsum(r.weight * seen[r.id] for r in asked if r.effect == "costs") / 100
        ratio = min(1.0, max(0.0, earned - lost))
        reached = self.level_of(ratio)
        return StageDimension(dimension, round(100 * ratio, 2), weight, reached, self.anchors[dimension][reached - 1])

    def listing(self) -> list[dict[str, Any]]:
        """The rules as `hotseat rubric --json` shows them."""
        return [{"id": r.id, "competency": r.competency, "flag": r.flag, "dimension": r.dimension, "stage": self.stage} for r in self.rules]


@dataclass(frozen=True, slots=True)
class StageDimension:
    id: str
    score: float
    """Share of the dimension that was earned, 0 to 100."""
    weight: float
    """Points that the whole dimension is worth."""
    level: int
    """1 to 5."""
    anchor: str
    """What that level looks like."""

    @property
    def points(self) -> float:
        return round(self.score * self.weight / 100, 2)


def read_stage(text: str, file: str) -> StageRubric:
    """A stage's rubric from its file.

    Raises:
        ContentErrors: every mistake of the file.
    """
    return load(text, file, StageRubric)


@lru_cache(maxsize=1)
def stages() -> tuple[StageRubric, ...]:
    """The packaged stages, in the order in which somebody who applies meets them after the drill."""
    return tuple(read_stage(content.read("rubrics", f"{name}.yaml"), f"rubrics/{name}.yaml") for name in STAGES)
