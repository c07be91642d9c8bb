from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.durations import DAY_S, WEEK_S
from simulator.errors import Refused
from simulator.instruments.label_cohorts import paid
from simulator.observation import Observation
from simulator.telemetry.signals import read_signal
from simulator.timeline import Edit
from simulator.world import Checkpoint, World

Seen = Callable[[World, str], Observation]
DAY_60_S = 60 * DAY_S


LOSS = Edit(DAY_60_S, "labels.join_loss", 0.9, "disputes", "new payment ids")


@pytest.fixture(scope="module")
def lossy(later: Callable[..., World]) -> World:
    return later([LOSS], 4.5 * DAY_S)


def test_younger_payments_have_fewer_of_their_labels(base_world: World, seen: Seen) -> None:
    facts = seen(base_world, "labels maturity").facts
    shares = [float(facts[f"matured.week_-{k}"]) for k in range(1, 7)]
    assert shares == sorted(shares)
    assert shares[0] < 0.15
    assert shares[-1] > 0.95
    assert float(facts["warned.week_-1"]) > 0.8


def test_the_delay_curve_is_that_of_the_chargebacks_themselves(base_world: World, seen: Seen) -> None:
    """Chargebacks arrive after a log-normal delay with a median of 11 days, so of payments 10.5 days old nearly half have come."""
    share = float(seen(base_world, "labels maturity").facts["matured.week_-2"])
    assert share == pytest.approx(0.45, abs=0.05)


def test_nothing_is_known_of_a_payment_before_it_arrives_or_is_joined(lossy: World) -> None:
    lossy.settle()
    cohort = paid(lossy, DAY_60_S - 6 * WEEK_S, lossy.settled_s)
    heard = cohort.chargeback_at_s < float("inf")
    assert cohort.chargeback_at_s[heard].max() <= lossy.now_s
    assert cohort.warning_at_s[cohort.warning_at_s < float("inf")].max() <= lossy.now_s
    arrived = lossy.rows.numbers("chargeback_at_s", DAY_60_S - 6 * WEEK_S, lossy.settled_s)
    assert heard.sum() < (arrived <= lossy.now_s).sum()


def test_the_join_ratio_is_the_signals_own(lossy: World, seen: Seen) -> None:
    facts = seen(lossy, "labels join").facts
    signal = read_signal(lossy, "label_join_ratio", np.array([lossy.settled_s - 2 * DAY_S, lossy.settled_s]))
    assert facts["join_ratio.last_3d"] == pytest.approx(float(signal[-1]), rel=1e-5)
    assert float(facts["join_ratio.last_3d"]) < 0.3


def test_joins_fail_by_day_from_the_day_they_began_to(lossy: World, base_world: World, seen: Seen) -> None:
    ratios = [row[4] for row in seen(lossy, "labels join").tables[0].rows]
    assert ratios[:8] == [1.0] * 8
    assert all(ratio is not None and float(ratio) < 0.4 for ratio in ratios[11:13])
    healthy = seen(base_world, "labels join").facts
    assert healthy == {"join_ratio.last_3d": 1.0, "join_ratio.before": 1.0}


def test_what_came_after_the_last_join_waits(lossy: World, seen: Seen) -> None:
    rows = seen(lossy, "labels join").tables[0].rows
    assert int(str(rows[-1][3])) > 0
    assert rows[0][3] == 0
    assert all(int(str(row[1])) >= int(str(row[2])) + int(str(row[3])) for row in rows)


def test_joining_again_brings_the_labels_back(later: Callable[..., World], seen: Seen) -> None:
    mended = later(
        [LOSS, Edit(DAY_60_S + 4.4 * DAY_S, "labels.key_mapping", True, "you", "ids"), Edit(DAY_60_S + 4.45 * DAY_S, "labels.rejoin", "all", "you", "again")], 4.5 * DAY_S
    )
    assert seen(mended, "labels join").facts == {"join_ratio.last_3d": 1.0, "join_ratio.before": 1.0}


def test_the_rate_is_counted_at_the_same_age_for_every_week(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "labels rate")
    rates = [float(shown.facts[f"rate_at_10d.week_-{k}"]) for k in range(1, 7)]
    assert max(rates) < 1.4 * min(rates)
    assert all(float(str(row[2])) + 10 * DAY_S <= base_world.now_s for row in shown.tables[0].rows)
    assert shown.tables[0].rows[0][5] == pytest.approx(1e4 * float(str(shown.tables[0].rows[0][4])) / float(str(shown.tables[0].rows[0][3])), rel=1e-3)


def test_a_new_pattern_shows_in_the_rate_of_its_weeks_and_not_before(later: Callable[..., World], seen: Seen) -> None:
    edits = [Edit(DAY_60_S, "nature.drift", 0.9, "fraudsters", "adapted"), Edit(DAY_60_S, "delivery.auto_promote", False, "fraud-ml", "freeze")]
    changed, same = (seen(later(e, 19 * DAY_S), "labels rate --weeks 3").facts for e in (edits, edits[1:]))
    assert float(changed["rate_at_10d.week_-1"]) > 1.3 * float(same["rate_at_10d.week_-1"])
    assert changed["rate_at_10d.week_-3"] == same["rate_at_10d.week_-3"]


@pytest.mark.parametrize("weeks", [0, 30])
def test_a_number_of_weeks_that_cannot_be_is_refused(base_world: World, weeks: int, seen: Seen) -> None:
    with pytest.raises(Refused, match="1 to 10"):
        seen(base_world, f"labels rate --weeks {weeks}")


def test_a_young_world_has_few_weeks_and_does_not_fail(quiet: Checkpoint, seen: Seen) -> None:
    world = World(quiet.spec, quiet.seed)
    world.advance(3 * DAY_S)
    assert seen(world, "labels rate").tables[0].rows == ()
    assert seen(world, "labels maturity").facts == {}


@pytest.mark.parametrize("line", ["labels maturity", "labels join", "labels rate"])
def test_a_look_changes_nothing_and_shows_the_same_twice(lossy: World, line: str, seen_twice: Seen) -> None:
    first = seen_twice(lossy, line)
    assert 0 < len(first.facts) <= 30
