"""The rubric of a drill as authors wrote it: rules with their wording, weights by role and level, and what each level of a dimension looks like.

Everything is read from content/rubrics; a rubric version names exactly those words and numbers.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

import content
from grader.finding import DIMENSIONS, Dimension, Finding
from scenarios.document import load
from simulator.errors import UsageError

RULE_FILES = ("diagnosis.yaml", "mitigation.yaml", "debugging.yaml", "noted.yaml", "verification.yaml", "communication.yaml", "prevention.yaml")
FILES = (*RULE_FILES, "weights.yaml", "anchors.yaml")

Text = Annotated[str, StringConstraints(min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]


def listed(raw: Any) -> Any:
    return tuple(raw) if isinstance(raw, list) else raw


Words = Annotated[tuple[Text, ...], BeforeValidator(listed)]
Percent = Annotated[float, Field(ge=0, le=100)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(Part):
    """One rule: what it speaks of, what it weighs, and how the debrief words it."""

    id: Id = Field(examples=["id: debug.green.pipeline-first"])
    competency: Id = Field(examples=["competency: debug.green.pipeline-first"])
    also: Words = ()
    """Further competency ids that the rule gives evidence of."""
    flag: Literal["green", "red"]
    dimension: Dimension
    effect: Literal["earns", "costs", "cap", "remark"]
    weight: Percent
    """Percent of the dimension that rests on it; 0 where it only costs, caps or remarks."""
    stage: str = "debugging"
    check: str = ""
    """Name of the process check that decides it; empty where a dimension's own module does."""
    params: dict[str, float | Words] = Field(default_factory=dict)
    met: Text
    not_met: Text

    @model_validator(mode="after")
    def _weighs_what_it_earns(self) -> Rule:
        if (self.weight > 0) != (self.effect == "earns"):
            raise ValueError("a rule that earns has a weight above 0, any other has 0")
        return self

    def number(self, name: str) -> float:
        value = self.params[name]
        assert isinstance(value, (int, float)), f"{self.id}: {name} is a number"
        return float(value)

    def words(self, name: str) -> tuple[str, ...]:
        value = self.params[name]
        assert isinstance(value, tuple), f"{self.id}: {name} is a list"
        return value

    def finding(self, met: bool, credit: float, steps: tuple[int, ...] = (), *, weight: float | None = None, **values: object) -> Finding:
        """A finding of this rule in its own words; a cap takes effect where it is met."""
        cap = self.number("cap") if self.effect == "cap" and met else None
        shown = {"cap": f"{cap:g}"} if cap is not None else {}
        sentence = (self.met if met else self.not_met).format_map({**values, **shown})
        own = self.weight / 100 if weight is None else weight
        return Finding(self.id, self.dimension, self.flag, own, met, min(1.0, max(0.0, credit)), sentence, tuple(sorted(steps)), cap)

    def listing(self) -> dict[str, Any]:
        """The declaration as `hotseat rubric --json` shows it."""
        return {
            "id": self.id,
            "competency": self.competency,
            "also": list(self.also),
            "flag": self.flag,
            "dimension": self.dimension,
            "stage": self.stage,
            "effect": self.effect,
            "weight": self.weight,
            "met": self.met,
            "not_met": self.not_met,
        }


class _RuleFile(Part):
    format_version: Literal[1]
    stage: Text
    rules: Annotated[tuple[Rule, ...], BeforeValidator(listed)]


class _Shift(Part):
    competency: Id
    shift: dict[Dimension, float]
    pass_mark: Percent = 60

    @model_validator(mode="after")
    def _moves_only(self) -> _Shift:
        if math.fsum(self.shift.values()):
            raise ValueError("a shift moves points between dimensions, so it sums to 0")
        return self


class _Weights(Part):
    format_version: Literal[1]
    dimensions: dict[Dimension, float]
    roles: dict[str, _Shift]
    levels: dict[str, _Shift]
    bands: Annotated[tuple[Percent, Percent, Percent, Percent], BeforeValidator(listed)]

    @model_validator(mode="after")
    def _whole(self) -> _Weights:
        if sorted(self.dimensions) != sorted(DIMENSIONS) or math.fsum(self.dimensions.values()) != 100:
            raise ValueError("dimensions are all six, and sum to 100")
        if list(self.bands) != sorted(self.bands):
            raise ValueError("bands go up")
        return self


class _Anchors(Part):
    format_version: Literal[1]
    diagnosis: Words
    mitigation: Words
    process: Words
    verification: Words
    communication: Words
    prevention: Words
    control: dict[Dimension, Words]

    @model_validator(mode="after")
    def _five_each(self) -> _Anchors:
        for name, texts in (*((d, getattr(self, d)) for d in DIMENSIONS), *self.control.items()):
            if len(texts) != 5:
                raise ValueError(f"{name} needs five descriptions, one for each level")
        return self


@dataclass(frozen=True, slots=True)
class Rubric:
    by_id: Mapping[str, Rule]
    weights: _Weights
    anchors: Mapping[str, tuple[str, ...]]
    control_anchors: Mapping[str, tuple[str, ...]]
    """Those that read otherwise where nothing was wrong."""
    version: str
    """First 12 hexadecimal digits of the SHA-256 of all rubric files."""

    def __getitem__(self, rule: str) -> Rule:
        return self.by_id[rule]

    def shares(self, role: str, level: str) -> dict[Dimension, float]:
        """Points of each dimension; they sum to 100. Raises UsageError for an unknown role or level."""
        moved = (self._role(role).shift, self._level(level).shift)
        return {d: self.weights.dimensions[d] + math.fsum(shift.get(d, 0.0) for shift in moved) for d in DIMENSIONS}

    def pass_mark(self, level: str) -> float:
        return self._level(level).pass_mark

    def level_of(self, ratio: float) -> int:
        """1 to 5, from the share of a dimension that was earned."""
        return 1 + sum(100 * ratio >= band for band in self.weights.bands)

    def anchor(self, dimension: str, level: int, *, control: bool) -> str:
        texts = self.control_anchors.get(dimension, self.anchors[dimension]) if control else self.anchors[dimension]
        return texts[level - 1]

    def _role(self, name: str) -> _Shift:
        if name not in self.weights.roles:
            raise UsageError(f"{name!r} is no role; roles are {', '.join(self.weights.roles)}")
        return self.weights.roles[name]

    def _level(self, name: str) -> _Shift:
        if name not in self.weights.levels:
            raise UsageError(f"{name!r} is no level; levels are {', '.join(self.weights.levels)}")
        return self.weights.levels[name]


def build(texts: Mapping[str, str]) -> Rubric:
    """The rubric that files say, by name of file.

    Raises:
        ContentErrors: every mistake of the first file that has any.
    """
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\0{texts[name]}\0".encode())
    by_id: dict[str, Rule] = {}
    for name in RULE_FILES:
        parsed = load(texts[name], f"rubrics/{name}", _RuleFile)
        by_id |= {rule.id: rule.model_copy(update={"stage": parsed.stage}) for rule in parsed.rules}
    anchors = load(texts["anchors.yaml"], "rubrics/anchors.yaml", _Anchors)
    weights = load(texts["weights.yaml"], "rubrics/weights.yaml", _Weights)
    return Rubric(by_id, weights, {d: getattr(anchors, d) for d in DIMENSIONS}, dict(anchors.control.items()), digest.hexdigest()[:12])


@lru_cache(maxsize=1)
def rubric() -> Rubric:
    """The packaged rubric."""
    return build({name: content.read("rubrics", name) for name in FILES})


def rules() -> list[Rule]:
    """Every rule that a drill is graded by, in order of the files."""
    return list(rubric().by_id.values())
