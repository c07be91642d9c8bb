"""The whole rubric as it is listed: every rule of every stage, the points of each dimension, and its five levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from grader.finding import DIMENSIONS, Dimension
from grader.rubric import rubric, rules
from grader.stage_rubric import StageRubric, stages

DEFAULT = "by default"


@dataclass(frozen=True, slots=True)
class StageListing:
    name: str
    points: Mapping[str, Mapping[str, float]]
    """For DEFAULT, each role and each level: points by dimension, which sum to 100."""
    pass_marks: Mapping[str, float]
    """By the same names."""
    anchors: Mapping[str, tuple[str, ...]]
    """By dimension, levels 1 to 5."""
    control: Mapping[str, tuple[str, ...]]
    """Those that read otherwise where nothing was wrong."""
    effects: Mapping[str, str]
    """By rule, what it does to its dimension."""

    def rows(self) -> list[tuple[str | float, ...]]:
        """One row for each of `points`: its name, the points, the pass mark."""
        return [(name, *points.values(), self.pass_marks[name]) for name, points in self.points.items()]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def rules_listed() -> list[dict[str, Any]]:
    """Each rule with id, competency, flag, dimension and stage."""
    drill = [{"id": r.id, "competency": r.competency, "flag": r.flag, "dimension": r.dimension, "stage": r.stage} for r in rules()]
    return [*drill, *(row for stage in stages() for row in stage.listing())]


def stages_listed() -> list[StageListing]:
    return [_drill(), *(_stage(stage) for stage in stages())]


def _drill() -> StageListing:
    book = rubric()
    roles, levels = book.weights.roles, book.weights.levels
    points: dict[str, dict[str, float]] = {DEFAULT: {d: book.weights.dimensions[d] for d in DIMENSIONS}}
    points |= {f"role {name}": _by_name(book.shares(name, "senior")) for name in roles}
    points |= {f"level {name}": _by_name(book.shares("generalist", name)) for name in levels}
    usual = book.pass_mark("senior")
    marks = dict.fromkeys(points, usual) | {f"level {name}": book.pass_mark(name) for name in levels}
    return StageListing("debugging", points, marks, book.anchors, book.control_anchors, {r.id: _effect(r.effect, r.flag, r.weight) for r in rules()})


def _stage(stage: StageRubric) -> StageListing:
    points = {DEFAULT: dict(stage.dimensions)}
    points |= {f"role {name}": stage.shares(name, "senior") for name in stage.roles}
    points |= {f"level {name}": stage.shares("generalist", name) for name in stage.levels}
    return StageListing(stage.stage, points, dict.fromkeys(points, stage.pass_mark), stage.anchors, {}, {r.id: _effect(r.effect, r.flag, r.weight) for r in stage.rules})


def _by_name(shares: Mapping[Dimension, float]) -> dict[str, float]:
    return {str(dimension): points for dimension, points in shares.items()}


def _effect(effect: str, flag: str, weight: float) -> str:
    earns = f"earns {weight:g} %" if flag == "green" else f"earns {weight:g} % where avoided"
    said = {"earns": earns, "costs": f"costs up to {weight:g} %" if weight else "costs", "cap": "caps the score", "remark": "noted"}
    return said[effect]
