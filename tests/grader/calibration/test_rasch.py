from __future__ import annotations

import numpy as np
import pytest
from cheap_play import row
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.calibration.rasch import fit, fit_counts, skilled_players
from simulator.streams import stream

PERSONS, ITEMS = 6, 12


def simulated(seed: int, rounds: int, slopes: np.ndarray | None = None, persons: int = PERSONS) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Abilities, difficulties, and how often each person passed and played each item."""
    draws = stream(seed, "test.rasch")
    ability, difficulty = np.linspace(-2, 2, persons), draws.normal(0.0, 1.2, ITEMS)
    difficulty -= difficulty.mean()
    slopes = np.ones(ITEMS) if slopes is None else slopes
    chance = 1.0 / (1.0 + np.exp(-slopes * (ability[:, None] - difficulty[None, :])))
    return ability, difficulty, draws.binomial(rounds, chance).astype(float), np.full((persons, ITEMS), float(rounds))


def names(letter: str, count: int) -> list[str]:
    return [f"{letter}{i:02d}" for i in range(count)]


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_simulated_abilities_and_difficulties_are_found_again(seed: int) -> None:
    ability, difficulty, passed, played = simulated(seed, 60)
    found = fit_counts(names("p", PERSONS), names("i", ITEMS), passed, played)
    assert np.abs(np.array([e.value for e in found.ability.values()]) - ability).max() < 0.8
    assert np.abs(np.array([e.value for e in found.difficulty.values()]) - difficulty).max() < 0.8
    assert np.array([e.value for e in found.difficulty.values()]).sum() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("persons", "rounds"), [(6, 20), (20, 1)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(persons: int, rounds: int) -> None:
    held = []
    for seed in range(40):
        _, difficulty, passed, played = simulated(seed, rounds, persons=persons)
        found = fit_counts(names("p", persons), names("i", ITEMS), passed, played)
        held += [e.low <= d <= e.high for e, d in zip(found.difficulty.values(), difficulty, strict=True)]
    assert 0.92 <= np.mean(held) <= 0.99


def test_a_scenario_that_tells_skills_apart_has_the_steeper_slope() -> None:
    slopes = np.where(np.arange(ITEMS) % 2, 2.5, 0.5)
    _, _, passed, played = simulated(3, 200, slopes)
    found = [e.value for e in fit_counts(names("p", PERSONS), names("i", ITEMS), passed, played).discrimination.values()]
    assert min(found[1::2]) > max(found[::2])


def test_a_scenario_that_nobody_passes_is_the_hardest_with_the_widest_interval() -> None:
    _, _, passed, played = simulated(5, 20)
    passed[:, 4] = 0
    found = fit_counts(names("p", PERSONS), names("i", ITEMS), passed, played).difficulty
    widths = {name: e.high - e.low for name, e in found.items()}
    assert max(found, key=lambda name: found[name].value) == max(widths, key=lambda name: widths[name]) == "i04"


def test_only_players_with_a_skill_of_their_own_count() -> None:
    players = {"competent": True, "novice": True, "reference": True, "retrain-then-right": True, "lucky": False}
    runs = [row(s, 1, p, 80.0, graded=graded) for s in ("a", "b") for p, graded in players.items()]
    assert skilled_players(runs) == ("competent", "novice")
    found = fit(runs)
    assert found is not None
    assert set(found.ability) == {"competent", "novice"}


def test_a_panel_is_another_person_on_each_seed() -> None:
    runs = [row(s, seed, "trainee", 80.0 if seed > 1 else 20.0, graded=True) for s in ("a", "b") for seed in (1, 2, 3)]
    others = [row(s, seed, player, graded=True) for s in ("a", "b") for seed in (1, 2, 3) for player in ("competent", "novice")]
    found = fit(runs + others)
    assert found is not None
    assert set(found.ability) == {"trainee 1", "trainee 2", "trainee 3"}
    assert found.ability["trainee 1"].value < found.ability["trainee 2"].value


def test_one_player_or_one_scenario_is_too_little() -> None:
    assert fit([row(s, 1, "novice", graded=True) for s in ("a", "b")]) is None
    assert fit([row("a", 1, p, graded=True) for p in ("competent", "novice")]) is None
