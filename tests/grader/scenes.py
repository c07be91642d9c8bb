"""Drills made by hand: steps as a journal would hold them, and evidence as replay would have found it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader.evidence import Evidence, GuardEvidence, Impact, LookEvidence, MoveEvidence
from scenarios.steps import Step
from scenarios.words import registry
from simulator.commands import parse
from simulator.durations import HOUR_S

MECHANISMS = {
    "materialise-empty-source": "stale-materialisation",
    "unit-change": "unit-change",
    "concept-drift": "concept-drift",
    "leaking-frame": "label-leakage",
    "label-join-loss": "label-loss",
    "slow-online-store": "default-fill",
    "nothing": "nothing-wrong",
}
PLACE = "feature-store/online/card_velocity"
START_S = 8_000_000.0


@dataclass(slots=True)
class Scene:
    """Lines typed one after another, with what replay says of each; `done` gives the steps and the evidence."""

    control: bool = False
    at_s: float = START_S
    steps: list[Step] = field(default_factory=list)
    looks: list[LookEvidence] = field(default_factory=list)
    moves: list[MoveEvidence] = field(default_factory=list)
    guards: list[GuardEvidence] = field(default_factory=list)
    stated: bool = False

    def type(self, line: str) -> int:
        called = parse(line, registry())
        step, took_s = len(self.steps) + 1, called.args["duration"] if called.command.name == "wait" else called.command.takes_s
        self.steps.append(Step(step, self.at_s, took_s, called.command.kind, called.command.name, called.args, called.line, {}, "investigating", self.stated, ""))
        self.at_s += took_s
        self.stated = self.stated or called.command.name in ("hypothesis", "declare")
        return step

    def look(self, line: str, *excludes: str) -> int:
        step = self.type(line)
        self.looks.append(LookEvidence(step, {c: (f"fact.{c}",) for c in excludes}))
        return step

    def move(self, line: str, worth_usd: float, **more: Any) -> int:
        step = self.type(line)
        command = registry()[self.steps[-1].op]
        self.moves.append(MoveEvidence(step, worth_usd, more.get("reversible", command.reversible), more.get("blast", command.blast), tuple(more.get("verified_by", ()))))
        return step

    def guard(self, line: str, caught_s: float | None, before_page_s: float | None, false_alarms: float = 0.0) -> int:
        step = self.type(line)
        name = str(self.steps[-1].args["guard"])
        self.guards.append(GuardEvidence(step, name, name, caught_s, before_page_s, false_alarms))
        return step

    def done(self, **more: Any) -> tuple[list[Step], Evidence]:
        """The evidence counts each move's worth as saved; keyword arguments replace fields of it."""
        component, mechanism, true = ("none", "nothing-wrong", "nothing") if self.control else (PLACE, "stale-materialisation", "materialise-empty-source")
        harm = 0.0 if self.control else 10_000.0
        actual = harm - sum(m.worth_usd for m in self.moves)
        removed = bool([m for m in self.moves if m.worth_usd > 0])
        by_page = harm / 20
        base = Evidence(
            scenario="quiet-store",
            seed=7,
            system="card-fraud",
            control=self.control,
            component=component,
            mechanism=mechanism,
            candidates=tuple(MECHANISMS),
            variants={name: (name,) for name in MECHANISMS},
            candidate_mechanisms=MECHANISMS,
            true_candidate=true,
            onset_s=START_S - 40_000.0,
            start_s=START_S,
            closed_s=self.at_s,
            resolved=any(s.op == "resolve" for s in self.steps),
            looks=tuple(self.looks),
            moves=tuple(self.moves),
            guards=tuple(self.guards),
            impact=Impact(
                actual_usd=actual,
                do_nothing_usd=harm,
                reference_usd=harm / 10,
                hour_s=(START_S - HOUR_S, START_S + 20_000.0, START_S + 40_000.0),
                actual_curve=(by_page, (by_page + actual) / 2, actual),
                do_nothing_curve=(by_page, (by_page + harm) / 2, harm),
                reference_curve=(by_page, harm / 10, harm / 10),
            ),
            objectives={"fraud-capture": removed or self.control, "latency-p99": True},
            hurting_at_close=not removed and not self.control,
            cause_removed=removed or self.control,
            silenced=(),
            recover_s=self.at_s if removed else None,
            fingerprint="test",
        )
        return self.steps, replace(base, **more)


UPDATE = 'update --impact "{n} payments lost" --status {status} --next "watch capture" --eta 24h'


def reference(*, before: Sequence[str] = (), scene: Scene | None = None) -> Scene:
    """A good response to a stale store, after the moves `before`."""
    s = scene or Scene()
    for line in before:
        s.move(line, -50.0 if line.startswith("train") else 0.0)
    s.type("hypothesis feature-store/online stale-materialisation")
    a = s.look("pipelines runs features --last 3d", "unit-change", "slow-online-store")
    b = s.look("features age card_velocity", "nothing", "concept-drift", "unit-change")
    c = s.look("features parity card_velocity", "leaking-frame", "concept-drift")
    d = s.look("labels join", "label-join-loss")
    s.look("drift report --window 24h")
    s.type(UPDATE.format(n="about 120", status="investigating"))
    s.type(f"rule-out label-loss --because {d}")
    s.type(f"declare {PLACE} stale-materialisation --because {a} {b} {c}")
    verified = len(s.steps) + 2
    s.move("pipelines backfill materialise --view card_velocity", 9_000.0, verified_by=(verified,))
    s.look("features age card_velocity", "nothing")
    s.look("metrics show missed_fraud_per_10k", "slow-online-store")
    s.type(UPDATE.format(n="80", status="mitigated"))
    s.guard("action-item data-age --on card_velocity", START_S - 30_000.0, 30_000.0)
    s.type('resolve --summary "stale rows"')
    return s


def control_reference() -> Scene:
    s = Scene(control=True)
    s.type("hypothesis world/fraud-behaviour concept-drift")
    a = s.look("pipelines runs features --last 3d", "materialise-empty-source", "slow-online-store")
    b = s.look("sources compare payments", "unit-change")
    c = s.look("labels rate", "label-join-loss", "concept-drift")
    d = s.look("models show champion", "leaking-frame")
    s.look("metrics show missed_fraud_per_10k", "concept-drift")
    s.type(f"declare none nothing-wrong --because {a} {b} {c} {d}")
    s.type(UPDATE.format(n="0", status="no-incident"))
    s.type("resolve")
    return s


def by_rule(card: Mapping[str, Any], rule: str) -> list[dict[str, Any]]:
    return [f for f in card["findings"] if f["rubric"] == rule]
