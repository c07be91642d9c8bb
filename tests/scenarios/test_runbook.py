from __future__ import annotations

from typing import Any

from scenarios.runbook import Book, Stated, runbook_of
from scenarios.steps import Step

STORE, DRIFT = ("feature-store/online", "stale-materialisation"), ("world/fraud-behaviour", "concept-drift")


def steps(*made: tuple[str, str, dict[str, Any]]) -> list[Step]:
    """Steps from (kind, op, args), numbered from 1."""
    return [Step(number, 60.0 * number, 60.0, kind, op, args, op, {}, "investigating", False, "") for number, (kind, op, args) in enumerate(made, 1)]  # type: ignore[arg-type]


def says(op: str, cause: tuple[str, str], *because: int) -> tuple[str, str, dict[str, Any]]:
    return "word", op, {"component": cause[0], "mechanism": cause[1], "because": list(because) or None}


def rules_out(mechanism: str, *because: int) -> tuple[str, str, dict[str, Any]]:
    return "word", "rule-out", {"mechanism": mechanism, "because": list(because) or None}


LOOK: tuple[str, str, dict[str, Any]] = ("look", "alerts", {})


def book(*made: tuple[str, str, dict[str, Any]]) -> Book:
    return runbook_of(steps(*made))


def labels(found: Book) -> list[str]:
    return [made.hypothesis for made in found.steps]


def test_a_drill_without_a_hypothesis_lists_its_steps() -> None:
    found = book(LOOK, LOOK)
    assert (labels(found), found.hypotheses) == (["", ""], ())
    assert [made.step.step for made in found.steps] == [1, 2]


def test_hypotheses_are_numbered_in_order_of_statement_and_steps_go_to_the_newest() -> None:
    found = book(LOOK, says("hypothesis", STORE), LOOK, says("hypothesis", DRIFT, 3), LOOK)
    assert labels(found) == ["", "H1", "H1", "H2", "H2"]
    assert found.hypotheses == (Stated("H1", *STORE, "open", ()), Stated("H2", *DRIFT, "open", (3,)))


def test_the_same_cause_said_again_is_the_same_hypothesis_and_becomes_the_newest() -> None:
    found = book(LOOK, says("hypothesis", STORE, 1), says("hypothesis", DRIFT), says("hypothesis", STORE, 3, 1), LOOK)
    assert labels(found)[-1] == "H1"
    assert [(h.label, h.evidence) for h in found.hypotheses] == [("H1", (1, 3)), ("H2", ())]


def test_the_same_mechanism_at_another_place_is_another_hypothesis() -> None:
    found = book(says("hypothesis", STORE), says("hypothesis", ("feature-store/online/card_velocity", STORE[1])))
    assert [h.label for h in found.hypotheses] == ["H1", "H2"]


def test_ruling_out_closes_a_hypothesis_with_what_speaks_against_it() -> None:
    found = book(LOOK, says("hypothesis", STORE), says("hypothesis", DRIFT, 1), LOOK, rules_out("concept-drift", 4), LOOK)
    assert labels(found) == ["", "H1", "H2", "H2", "H2", "H1"]
    assert found.hypotheses[1] == Stated("H2", *DRIFT, "ruled out", (4,))


def test_a_mechanism_is_ruled_out_wherever_it_was_stated() -> None:
    found = book(says("hypothesis", STORE), says("hypothesis", ("feature-store/offline", STORE[1])), rules_out(STORE[1]))
    assert [h.standing for h in found.hypotheses] == ["ruled out", "ruled out"]


def test_what_was_ruled_out_before_anybody_stated_it_has_no_place() -> None:
    found = book(LOOK, rules_out("unit-change", 1), says("hypothesis", STORE))
    assert found.hypotheses == (Stated("H1", "", "unit-change", "ruled out", (1,)), Stated("H2", *STORE, "open", ()))


def test_ruled_out_twice_gathers_all_that_speaks_against_it() -> None:
    assert book(LOOK, rules_out("unit-change", 1), LOOK, rules_out("unit-change", 3)).hypotheses[0].evidence == (1, 3)


def test_a_hypothesis_taken_up_again_is_open_with_what_speaks_for_it() -> None:
    found = book(LOOK, says("hypothesis", STORE, 1), LOOK, rules_out(STORE[1], 3), says("hypothesis", STORE, 4), LOOK)
    assert found.hypotheses == (Stated("H1", *STORE, "open", (1, 4)),)
    assert labels(found)[-1] == "H1"


def test_the_last_declaration_counts() -> None:
    found = book(LOOK, says("declare", STORE, 1), says("declare", DRIFT, 1))
    assert [(h.label, h.standing) for h in found.hypotheses] == [("H1", "open"), ("H2", "declared")]
    again = book(says("declare", STORE), says("hypothesis", STORE))
    assert again.hypotheses[0].standing == "declared"


def test_a_declaration_that_is_ruled_out_is_no_longer_one() -> None:
    assert book(says("declare", STORE), rules_out(STORE[1])).hypotheses[0].standing == "ruled out"


def test_a_statement_that_was_not_understood_states_nothing() -> None:
    found = runbook_of(steps(("error", "", {}), ("refused", "hypothesis", {"component": "x", "mechanism": "y"})))
    assert (labels(found), found.hypotheses) == (["", ""], ())
