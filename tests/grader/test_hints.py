"""Hints: three to a situation, about two that are open, priced in the diagnosis, and blind to the truth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader import hints
from grader.differential import tells_apart
from grader.evidence import LookEvidence
from grader.scorecard import Scorecard, grade
from grader.variants import Variant
from scenarios.faults.library import FAULTS
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario
from scenarios.steps import Step
from scenarios.taxonomy import MECHANISMS as WORDS
from scenarios.words import registry
from simulator.commands import parse
from simulator.errors import Refused
from tests.grader.scenes import MECHANISMS, PLACE, Scene, by_rule, reference

OPEN = ("concept-drift", "materialise-empty-source", "nothing", "unit-change")


class Fake:
    """An incident whose differential is written down: what each look excludes is given, and no world is built."""

    class spec:
        name = "card-fraud"

    def __init__(self, monkeypatch: pytest.MonkeyPatch, candidates: tuple[str, ...] = OPEN) -> None:
        self.looks: dict[int, tuple[str, ...]] = {}
        self.kept: dict[str, Any] = {}
        found = [Variant(name, name, ((),), True) for name in candidates]
        monkeypatch.setattr(hints, "variants", lambda incident: found)
        monkeypatch.setattr(
            hints, "look_evidence", lambda incident, steps, noise: [LookEvidence(s.step, dict.fromkeys(self.looks.get(s.step, ()), ("f",))) for s in steps if s.kind == "look"]
        )
        monkeypatch.setattr(hints, "telling_look", lambda incident, steps, now_s, one, other: ("features age", 1.0))


def typed(*lines: str) -> list[Step]:
    s = Scene()
    for line in lines:
        s.type(line)
    return s.steps


def given(fake: Fake, steps: list[Step]) -> list[Any]:
    """Hints asked for after `steps` until there is none."""
    found, steps = [], list(steps)
    while True:
        try:
            one = hints.hint(fake, steps, 0.0)  # type: ignore[arg-type]
        except Refused:
            return found
        found.append(one)
        steps.append(replace(typed("hint")[0], step=len(steps) + 1, hint=one.level))


def test_a_situation_has_three_hints_at_rising_prices_and_then_none(monkeypatch: pytest.MonkeyPatch) -> None:
    found = given(Fake(monkeypatch), typed("alerts"))
    assert [(h.level, h.price) for h in found] == [(1, 2.0), (2, 4.0), (3, 8.0)]
    kind, pair, look = (h.text for h in found)
    assert kind.startswith("4 explanations are still open")
    assert not any(mechanism in kind for mechanism in WORDS)
    assert "concept-drift (" in pair
    assert "stale-materialisation (" in pair
    assert "`features age` shows the two differently. It takes 5m." in look


def test_a_look_that_closes_something_begins_a_new_situation(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(monkeypatch)
    steps = typed("alerts", "hint", "features age")
    steps[1] = replace(steps[1], hint=1)
    assert hints.hint(fake, steps, 0.0).level == 2  # type: ignore[arg-type]
    fake.looks[3] = ("concept-drift",)
    fake.kept.clear()
    after = hints.hint(fake, steps, 0.0)  # type: ignore[arg-type]
    assert after.level == 1
    assert after.text.startswith("3 explanations")


def test_with_one_left_it_says_so_once_and_does_not_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(monkeypatch)
    fake.looks[1] = tuple(name for name in OPEN if name != "materialise-empty-source")
    (only,) = given(fake, typed("alerts"))
    assert (only.level, only.price) == (1, 2.0)
    assert only.text.startswith("Your looks leave one explanation")
    assert not any(word in only.text for word in (*WORDS, *FAULTS, PLACE))


def test_a_candidate_with_one_place_left_is_still_open(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake(monkeypatch)
    places = [Variant("unit-change", f"unit-change ({p})", ((),), True) for p in ("a", "b")]
    monkeypatch.setattr(hints, "variants", lambda incident: [*places, Variant("nothing", "nothing", ((),), True)])
    fake.looks[1] = ("unit-change (a)",)
    first, second, _ = given(fake, typed("alerts"))
    assert first.text.startswith("2 explanations")
    assert second.text.startswith("The two still open are")
    assert "neither" not in second.text


@pytest.mark.parametrize(("answer", "said"), [(("", 0.0), "no ready-made look shows"), (("labels join", 0.5), "`labels join` goes furthest in telling the two apart")])
def test_the_third_says_where_no_look_or_only_part_of_one_does_it(monkeypatch: pytest.MonkeyPatch, answer: tuple[str, float], said: str) -> None:
    fake = Fake(monkeypatch)
    monkeypatch.setattr(hints, "telling_look", lambda *rest: answer)
    assert said in given(fake, typed("alerts"))[2].text


def test_two_are_chosen_by_name_from_different_areas_where_they_can_be() -> None:
    assert hints.pair_of(("unit-change", "label-join-loss", "concept-drift")) == ("concept-drift", "label-join-loss")
    assert hints.pair_of(("unit-change", "label-join-loss")) == ("label-join-loss", "unit-change")
    assert hints.pair_of(OPEN[::-1]) == hints.pair_of(OPEN)


def test_the_question_names_no_explanation_whatever_the_two_are() -> None:
    names = (*FAULTS, "nothing")
    for one in names:
        for other in names:
            said = hints.question(one, other)
            assert said.endswith((".", "?"))
            assert not any(mechanism in said for mechanism in WORDS)


def test_every_fault_has_an_area_and_two_of_one_mechanism_are_told_by_their_place() -> None:
    assert {fault.group for fault in FAULTS.values()} <= set(hints.AREAS)
    for one in FAULTS:
        for other in FAULTS:
            if one != other and FAULTS[one].mechanism == FAULTS[other].mechanism:
                assert hints.spoken(one, placed=True) != hints.spoken(other, placed=True)
        assert "{" not in hints.spoken(one, placed=True)


@pytest.fixture(scope="module")
def made() -> Incident:
    return incident(find_scenario("the-new-schema"), 2)


def test_a_real_look_that_it_names_shows_the_two_differently_in_every_draw(made: Incident) -> None:
    drawn = {c.name: [(d,) for d in c.draws] for c in made.candidates(2)}
    one, other = (Variant(name, name, tuple(drawn[name]), True) for name in ("concept-drift", "unit-change"))
    now_s = made.start_s + 600.0
    line, share = hints.telling_look(made, [], now_s, [one], [other])
    assert share == 1.0
    call = parse(line, registry())
    assert call.command.run is not None
    shown = []
    for variant in (one, other):
        for faults in variant.draws:
            world = made.world(faults)
            world.advance(now_s + call.command.takes_s)
            shown.append(call.command.run(world, call.args).facts)
    assert all(tells_apart(call.command.name, a, b) for a in shown[:2] for b in shown[2:])


def test_two_that_are_the_same_have_no_look_that_tells_them_apart(made: Incident) -> None:
    nothing = Variant("nothing", "nothing", ((),), True)
    assert hints.telling_look(made, [], made.start_s, [nothing], [nothing]) == ("", 0.0)


def with_hints(*levels: int) -> Scorecard:
    scene = Scene()
    for _ in levels:
        scene.type("hint")
    steps, evidence = reference(scene=scene).done()
    asked = dict(zip((s.step for s in steps if s.op == "hint"), levels, strict=True))
    return grade([replace(s, hint=asked.get(s.step, 0)) for s in steps], evidence, session="s")


@pytest.mark.parametrize(("levels", "points"), [((1,), 2), ((1, 2, 3), 14), ((1, 2, 1), 8)])
def test_hints_cost_their_price_in_points_and_the_finding_names_the_steps(levels: tuple[int, ...], points: float) -> None:
    plain, card = with_hints(), with_hints(*levels)
    assert by_rule(plain.to_json(), "diagnosis.hint") == []
    (found,) = by_rule(card.to_json(), "diagnosis.hint")
    assert found["points"] == -points
    assert found["steps"] == list(range(1, len(levels) + 1))
    assert f"for {points} points." in found["because"]
    assert card.dimensions[0].points == pytest.approx(plain.dimensions[0].points - points, abs=0.01)


def test_hints_never_take_more_than_the_diagnosis_has() -> None:
    card = with_hints(*(3,) * 9)
    assert card.dimensions[0].score == 0
    assert card.score >= 0


def test_the_price_is_the_same_in_points_for_every_role() -> None:
    scene = Scene()
    scene.type("hint")
    steps, evidence = reference(scene=scene).done()
    steps[0] = replace(steps[0], hint=2)
    for role in ("platform", "model", "generalist"):
        assert by_rule(grade(steps, evidence, session="s", role=role).to_json(), "diagnosis.hint")[0]["points"] == -4


def test_the_scene_s_candidates_are_those_of_the_library() -> None:
    assert set(MECHANISMS) - {"nothing"} <= set(FAULTS)
