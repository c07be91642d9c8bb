from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.dataplane.features import FEATURES
from simulator.durations import DAY_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.telemetry.drift import THRESHOLDS, psi
from simulator.telemetry.drift_job import reference_span
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]
DAY_60_S = 60 * DAY_S


@pytest.fixture(scope="module")
def cents(later: Callable[..., World]) -> World:
    """A day after one channel's amount moved to cents."""
    return later([Edit(DAY_60_S, "source.unit_factor/payments.amount.app", 100.0, "payments-platform", "minor units")], DAY_S)


def test_a_quiet_day_is_near_its_reference(base_world: World, seen: Seen) -> None:
    facts = seen(base_world, "drift report").facts
    assert sorted(facts) == sorted(f"{statistic}.{name}" for statistic in ("psi", "ks") for name in (*FEATURES, "score"))
    assert all(float(facts[f"psi.{name}"]) < 0.05 for name in FEATURES)


@pytest.mark.parametrize("against", ["reference", "last-week"])
def test_a_unit_change_moves_one_feature(cents: World, against: str, seen: Seen) -> None:
    facts = seen(cents, f"drift report --against {against}").facts
    assert float(facts["psi.amount"]) > 0.2
    assert float(facts["ks.amount"]) > 0.1
    assert all(float(facts[f"psi.{name}"]) < 0.05 for name in FEATURES if name != "amount")


def test_the_psi_is_the_library_function_on_the_served_values(cents: World, seen: Seen) -> None:
    now = cents.rows.numbers("served.disputes_60d", cents.now_s - DAY_S, cents.now_s)
    before = cents.rows.numbers("served.disputes_60d", cents.now_s - 8 * DAY_S, cents.now_s - 7 * DAY_S)
    assert seen(cents, "drift report --against last-week").facts["psi.disputes_60d"] == pytest.approx(psi(before, now).value, rel=1e-5)


def test_the_reference_is_the_one_that_somebody_chose(later: Callable[..., World], seen: Seen) -> None:
    world = later([Edit(DAY_60_S, "drift.reference_s", 5 * DAY_S, "ml-platform", "spring")], DAY_S / 2)
    assert seen(world, "drift report").tables[1].rows == (("reference", 5 * DAY_S, reference_span(world, world.now_s)[1]),)


def test_report_and_feature_agree(cents: World, seen: Seen) -> None:
    one, all_of_them = seen(cents, "drift feature amount"), seen(cents, "drift report")
    assert one.facts["psi.amount"] == all_of_them.facts["psi.amount"]
    assert {row[1] for row in one.tables[0].rows} == set(THRESHOLDS)
    assert {row[1]: row[4] for row in one.tables[0].rows} == dict(THRESHOLDS)


def test_a_split_by_channel_tells_which(cents: World, seen: Seen) -> None:
    facts = seen(cents, "drift feature amount --by channel").facts
    assert float(facts["psi.amount.app"]) > 2.0
    assert float(facts["psi.amount.web"]) < 0.05


def test_flags_have_a_bin_for_each_value(base_world: World, seen: Seen) -> None:
    rows = seen(base_world, "drift feature new_device").tables[0].rows
    share = {row[1]: row[2] for row in rows}
    assert 0 < float(str(share["l_infinity"])) < 0.02
    assert share["ks"] == pytest.approx(float(str(share["l_infinity"])), rel=0.2)


def test_scores_are_shown_against_reference_and_last_week(cents: World, seen: Seen) -> None:
    facts = seen(cents, "drift scores").facts
    score = cents.rows.numbers("score", cents.now_s - DAY_S, cents.now_s)
    assert facts["score_mean.now"] == pytest.approx(score.mean(), rel=1e-5)
    threshold = cents.levers["decision.threshold"].number_at(cents.now_s)
    assert facts["over_threshold.now"] == pytest.approx((score >= threshold).mean(), rel=1e-5)
    assert float(facts["psi.reference"]) > 0.02
    assert seen(cents, "drift report").facts["psi.score"] == facts["psi.reference"]


def test_an_unknown_feature_is_refused_with_those_there_are(base_world: World, seen: Seen) -> None:
    with pytest.raises(Refused, match=r"amount, session_seconds, .*score"):
        seen(base_world, "drift feature nothing")
    with pytest.raises(Refused, match="--window goes from 15m"):
        seen(base_world, "drift report --window 10s")


@pytest.mark.parametrize("line", ["drift report", "drift report --window 6h --against last-week", "drift feature score", "drift feature amount --by channel", "drift scores"])
def test_a_look_changes_nothing_and_shows_the_same_twice(cents: World, line: str, seen_twice: Seen) -> None:
    first = seen_twice(cents, line)
    assert 0 < len(first.facts) <= 30
