from __future__ import annotations

from typing import Any

import pytest
from cheap_play import row

from grader.calibration.properties import properties
from grader.calibration.runs import Run

RETRAIN_FLAG = "debug.red.retrain-first"


def one(runs: list[Run], beginning: str) -> dict[str, Any] | None:
    found = [p for p in properties(runs) if p["name"].startswith(beginning)]
    assert len(found) <= 1, found
    return found[0] if found else None


def verdict(runs: list[Run], beginning: str) -> tuple[float, bool] | None:
    found = one(runs, beginning)
    return None if found is None else (found["value"], found["ok"])


def test_nothing_is_said_of_players_who_did_not_play() -> None:
    assert properties([]) == []
    assert [p["name"] for p in properties([row("a", 1, "random", 3.0)])] == ["random, highest score"]


@pytest.mark.parametrize(
    ("player", "control", "good", "bad"),
    [
        ("reference", False, 85.0, 84.99),
        *((player, False, 10.0, 10.01) for player in ("do-nothing", "constant", "stuffer")),
        *((player, True, 40.0, 40.01) for player in ("do-nothing", "constant", "stuffer")),
        *((player, False, 20.0, 20.01) for player in ("random", "restart-everything", "rollback-everything")),
        ("retrain-first", False, 35.0, 35.01),
        *((player, False, 59.99, 60.0) for player in ("lucky", "shotgun")),
    ],
)
def test_each_bound_holds_at_its_limit_and_not_beyond(player: str, control: bool, good: float, bad: float) -> None:
    for score, ok in ((good, True), (bad, False)):
        assert verdict([row("a", 1, player, score, control=control)], player) == (score, ok)


def test_the_worst_drill_is_named_and_the_share_that_holds_has_its_interval() -> None:
    runs = [row(s, seed, "random", 21.0 if (s, seed) == ("b", 4) else 5.0) for s in ("a", "b") for seed in range(1, 11)]
    found = one(runs, "random")
    assert found is not None
    assert (found["worst"], found["held"], found["cells"]) == ("b, seed 4", 19, 20)
    assert found["interval"] == pytest.approx([0.7513, 0.9987], abs=1e-4)
    assert "Clopper-Pearson" in found["method"]


def test_cells_that_miss_a_bound_are_named_the_worst_first() -> None:
    found = one([row("a", seed, "random", 10.0 + seed) for seed in range(1, 23)], "random")
    assert found is not None
    assert found["missed"] == [f"a, seed {seed}: {10 + seed}" for seed in range(22, 12, -1)]
    assert found["held"] == 10


def test_the_same_steps_otherwise_typed_have_to_score_the_same() -> None:
    runs = [row("a", seed, player, 95.0, graded=True) for seed in (1, 2) for player in ("reference", "reworded")]
    assert verdict(runs, "reworded") == (0.0, True)
    for other in (94.99, 95.01):
        found = one([*runs[:3], row("a", 2, "reworded", other, graded=True)], "reworded")
        assert found is not None
        assert (found["value"], found["ok"], found["worst"], found["held"]) == (0.01, False, "a, seed 2", 1)


def test_retraining_where_it_is_the_remedy_is_held_to_nothing() -> None:
    runs = [row("a", 1, player, 90.0, retraining_mends=True) for player in ("retrain-first", "retrain-then-right", "reference")]
    assert [p for p in properties(runs) if p["name"].startswith("retrain")] == []


@pytest.mark.parametrize(("score", "flags", "loss_ok", "flag_ok"), [(85.0, [RETRAIN_FLAG], True, True), (85.01, [], False, False)])
def test_retraining_first_costs_ten_points_and_a_red_flag(score: float, flags: list[str], loss_ok: bool, flag_ok: bool) -> None:
    runs = [row("a", 1, "reference", 95.0), row("a", 1, "retrain-then-right", score, graded=True, red_flags=flags)]
    loss, flag = one(runs, "retrain-then-right where retraining is no remedy, least"), one(runs, "retrain-then-right where retraining is no remedy, red")
    assert loss is not None
    assert flag is not None
    assert (loss["ok"], flag["ok"]) == (loss_ok, flag_ok)


def test_a_null_player_who_equals_the_reference_is_an_inversion() -> None:
    runs = [row("a", 1, "reference", 90.0), row("a", 2, "reference", 90.0), row("a", 1, "random", 90.0), row("a", 2, "random", 9.0)]
    found = one(runs, "inversions")
    assert found is not None
    assert (found["value"], found["ok"], found["worst"]) == (1, False, "a, seed 1, random")
    runs[2]["score"] = 89.9
    assert verdict(runs, "inversions") == (0, True)


def skilled(gap: float, seeds: range = range(1, 13)) -> list[Run]:
    """Competent above novice by `gap` in one scenario, the novice's scores wandering over 30 points."""
    return [row("a", seed, player, 40.0 + 7 * seed % 30 + (gap if player == "competent" else 0.0)) for seed in seeds for player in ("competent", "novice")]


def test_an_order_is_judged_by_its_mean_and_has_an_interval() -> None:
    name = "competent above novice"
    assert verdict(skilled(12.0), name) == (12.0, True)
    assert verdict(skilled(0.0), name) == (0.0, False)
    mixed = one([*skilled(12.0, range(1, 9)), *skilled(-12.0, range(9, 13))], name)
    assert mixed is not None
    assert (mixed["value"], mixed["held"], mixed["cells"]) == (4.0, 8, 12)
    low, high = mixed["interval"]
    assert -12.0 < low < 0.0
    assert 4.0 < high < 12.0


def test_the_area_compares_every_pair_of_seeds_of_a_scenario() -> None:
    area = "competent against novice, area"
    assert verdict(skilled(30.0), area) == (1.0, True)
    assert verdict(skilled(0.0), area) == (0.5, False)
    # Scenarios that are hard for both say nothing about skill.
    hard = [{**r, "scenario": "b", "score": r["score"] - 40.0} for r in skilled(30.0)]
    assert verdict([*skilled(30.0), *hard], area) == (1.0, True)


def test_the_least_skilled_is_held_against_the_best_null_player() -> None:
    runs = skilled(20.0)
    nulls = [row("a", r["seed"], name, r["score"] - gap) for r in runs if r["player"] == "novice" for name, gap in (("random", 30.0), ("lucky", -2.0))]
    found = one([*runs, *nulls], "novice above")
    assert found is not None
    assert (found["name"].split(",")[0], found["value"], found["ok"]) == ("novice above lucky", -2.0, False)


def test_a_handful_of_drills_shows_no_order() -> None:
    assert one(skilled(-20.0, range(1, 4)), "competent") is None


def test_the_spread_is_of_one_player_in_one_scenario() -> None:
    runs = [row(s, seed, "random", base + 11.4 * seed) for s, base in (("a", 0.0), ("b", 50.0)) for seed in (0, 1)]
    found = one(runs, "spread")
    assert found is not None
    assert (found["value"], found["ok"], found["cells"]) == (8.06, False, 2)
    assert one(runs[:1], "spread") is None
