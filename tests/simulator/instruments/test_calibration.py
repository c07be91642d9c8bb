from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]


def test_the_estimate_is_near_the_truth_while_its_assumptions_hold(base_world: World, seen: Seen) -> None:
    facts = seen(base_world, "performance estimate --last 7d").facts
    fraud, score, weight = (base_world.rows.numbers(name, 53 * DAY_S, 60 * DAY_S) for name in ("fraud", "score", "weight"))
    flagged = score >= base_world.levers["decision.threshold"].number_at(60 * DAY_S - 1)
    assert facts["recall"] == pytest.approx(float(np.average(flagged, weights=weight * fraud)), abs=0.06)
    assert facts["positive_rate"] == pytest.approx(float(np.average(fraud, weights=weight)), abs=0.004)


def test_the_estimate_follows_the_threshold_of_each_span(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(60 * DAY_S - 300.0, "decision.threshold", 0.5, "you", "fewer declines")])
    world.advance(60 * DAY_S + HOUR_S)
    facts = seen(world, "performance estimate --last 1h").facts
    assert float(facts["recall"]) < 0.7 * float(facts["recall_week_before"])
    assert float(facts["precision"]) > float(facts["precision_week_before"])


def test_tenths_cover_all_labelled_payments_and_rise(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "calibration")
    rows = shown.tables[0].rows
    approved = base_world.rows.numbers("approved", 11 * DAY_S, 39 * DAY_S)
    assert sum(int(row[3] or 0) for row in rows) == int(approved.sum())
    predicted = [float(row[4] or 0.0) for row in rows]
    assert predicted == sorted(predicted)
    assert shown.facts["predicted.tenth_10"] == predicted[-1]
    # Known fraud is a little less than all: some is never reported, some chargebacks are still to come.
    assert 0.8 < float(shown.facts["ratio"]) < 1.35


def test_younger_payments_have_fewer_labels(base_world: World, seen: Seen) -> None:
    assert float(seen(base_world, "calibration --age 2d").facts["ratio"]) > float(seen(base_world, "calibration").facts["ratio"])


@pytest.mark.parametrize("line", ["calibration --age 60d", "performance estimate --last 5m"])
def test_too_little_to_judge_is_refused(base_world: World, seen: Seen, line: str) -> None:
    with pytest.raises(Refused):
        seen(base_world, line)
