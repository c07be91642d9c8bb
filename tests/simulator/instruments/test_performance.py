from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane.rows import EXPLORED
from simulator.durations import DAY_S, WEEK_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.telemetry.quality import roc_auc
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]


@pytest.fixture(scope="module")
def adapted(later: Callable[..., World]) -> World:
    """Eight days after fraudsters changed their ways altogether."""
    edits = [Edit(60 * DAY_S, "nature.drift", 1.0, "nature", "adapt"), Edit(60 * DAY_S, "nature.drift_pattern", "slow-burn", "nature", "adapt")]
    return later(edits, 8 * DAY_S)


def test_cohorts_are_whole_weeks_all_of_the_age_asked_for(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "performance mature --weeks 3 --age 14d")
    starts = [row[1] for row in shown.tables[0].rows]
    assert starts == [round(46 * DAY_S - k * WEEK_S) for k in (1, 2, 3)]
    assert "auc.week_-3" in shown.facts
    assert "auc.week_-4" not in shown.facts


def test_weights_bring_back_what_was_declined(base_world: World, seen: Seen) -> None:
    """The figures against the truth of all payments, declined ones included, that the company never has."""
    facts = seen(base_world, "performance mature --weeks 5").facts
    errors, captures = [], []
    for k in range(1, 6):
        since = 39 * DAY_S - k * WEEK_S
        fraud, score, weight = (base_world.rows.numbers(name, since, since + WEEK_S) for name in ("fraud", "score", "weight"))
        threshold = base_world.levers["decision.threshold"].number_at(since)
        truth = roc_auc(fraud, score, weight)
        assert truth is not None
        errors.append(float(facts[f"auc.week_-{k}"]) - truth)
        captures.append(float(facts[f"capture.week_-{k}"]) - float(np.average(score >= threshold, weights=weight * fraud)))
    assert abs(np.mean(errors)) < 0.012
    assert abs(np.mean(captures)) < 0.06


def test_early_warnings_see_a_changed_relation_that_segments_share(adapted: World, base_world: World, seen: Seen) -> None:
    calm, changed = seen(base_world, "performance early --days 4").facts, seen(adapted, "performance early --days 4").facts
    assert float(changed["auc.recent"]) < float(calm["auc.recent"]) - 0.1
    assert float(changed["warnings_per_10k.recent"]) > 1.5 * float(calm["warnings_per_10k.recent"])


def test_mature_labels_have_not_heard_of_it_yet(adapted: World, seen: Seen) -> None:
    facts = seen(adapted, "performance mature --weeks 1").facts
    assert float(facts["auc.week_-1"]) > 0.9


def test_warnings_are_counted_on_payments_as_they_were_approved(base_world: World, seen: Seen) -> None:
    row = seen(base_world, "performance early --days 2").tables[0].rows[0]
    span = (56 * DAY_S, 57 * DAY_S)
    approved, weight = base_world.rows.numbers("approved", *span), base_world.rows.numbers("weight", *span)
    warned = base_world.rows.numbers("warning_at_s", *span) <= base_world.now_s
    assert row[2:4] == (int(approved.sum()), int(warned.sum()))
    assert row[5] == pytest.approx(1e4 * float((weight * warned).sum() / (weight * approved).sum()), rel=1e-5)
    assert EXPLORED < 1.0


@pytest.mark.parametrize(("by", "names"), [("channel", {"web", "app", "marketplace"}), ("region", {"emea", "amer", "apac"})])
def test_segments_add_up(base_world: World, seen: Seen, by: str, names: set[str]) -> None:
    shown = seen(base_world, f"performance segments --by {by}")
    assert {row[0] for row in shown.tables[0].rows} == names
    approved = base_world.rows.numbers("approved", 11 * DAY_S, 39 * DAY_S)
    assert sum(int(row[1] or 0) for row in shown.tables[0].rows) == int(approved.sum())
    assert set(shown.facts) == {f"{figure}.{name}" for figure in ("auc", "rate", "calibration", "auc_early", "warnings_per_10k", "declined") for name in names}


@pytest.mark.parametrize("line", ["performance mature --weeks 0", "performance mature --age 59d", "performance early --days 1", "performance early --age 59d"])
def test_spans_without_payments_are_refused(base_world: World, seen: Seen, line: str) -> None:
    with pytest.raises(Refused):
        seen(base_world, line)
