from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane.features import ENTITY_FEATURES, FEATURES, NO_ROWS_S, VIEW
from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused
from simulator.instruments.feature_values import inputs_fed_by
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]
DAY_60_S = 60 * DAY_S


@pytest.fixture(scope="module")
def stale(later: Callable[..., World]) -> World:
    """A day and a half after the job began to read an empty path for one view."""
    return later([Edit(DAY_60_S, "materialise.read_path/card_velocity", "2025-layout", "data-platform", "moved")], 1.5 * DAY_S)


def test_the_list_has_every_view_and_every_feature(base_world: World, seen: Seen) -> None:
    views, fields = seen(base_world, "features list").tables
    assert [row[0] for row in views.rows] == list(VIEW)
    assert {*", ".join(str(row[2]) for row in views.rows).split(", "), *(str(row[0]) for row in fields.rows)} == set(FEATURES)


def test_data_grow_old_while_the_job_stays_fresh(stale: World, seen: Seen) -> None:
    facts = seen(stale, "features age").facts
    assert float(facts["age_s.card_velocity"]) > 1.4 * DAY_S
    assert float(facts["job_freshness_s.card_velocity"]) <= 1.1 * HOUR_S
    assert facts["rows.card_velocity"] == 0.0
    assert float(facts["age_s.merchant_risk"]) < VIEW["merchant_risk"].cadence_s + HOUR_S


def test_age_of_one_view_names_no_other(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "features age card_profile")
    assert sorted(shown.facts) == ["age_s.card_profile", "job_freshness_s.card_profile", "rows.card_profile", "stored.card_profile"]
    assert shown.facts["age_s.card_profile"] == base_world.now_s - base_world.levers["online.event_time_s/card_profile"].number_at(base_world.now_s)


def test_expired_values_are_still_present(stale: World, seen: Seen) -> None:
    assert float(seen(stale, "features age").facts["age_s.card_velocity"]) > VIEW["card_velocity"].ttl_s
    assert seen(stale, "features status").facts["present.card_velocity"] == 1.0


def test_a_withheld_view_is_neither_present_nor_timed_out(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(DAY_60_S - 300.0, "online.withheld/merchant_risk", True, "you", "stale")])
    world.advance(DAY_60_S + 2 * HOUR_S)
    facts = seen(world, "features status").facts
    assert (facts["present.merchant_risk"], facts["withheld.merchant_risk"]) == (0.0, 1.0)
    assert facts["withheld.card_velocity"] == 0.0
    assert "correlation.merchant_txn_24h" not in seen(world, "features parity merchant_risk --last 1h").facts


def test_a_view_without_rows_is_not_found_and_has_no_age(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(DAY_60_S + HOUR_S, "online.event_time_s/card_profile", NO_ROWS_S, "you", "rows purged")])
    world.advance(DAY_60_S + 1.5 * HOUR_S)
    age, status = seen(world, "features age card_profile"), seen(world, "features status --last 1h").facts
    assert age.tables[0].rows[0][1:3] == (None, None)
    assert (age.facts["stored.card_profile"], "age_s.card_profile" in age.facts) == ("no", False)
    assert float(status["not_found.card_profile"]) == pytest.approx(0.5, abs=0.1)
    assert (status["not_found.card_velocity"], seen(world, "features age card_velocity").facts["stored.card_velocity"]) == (0.0, "yes")


def test_reads_that_time_out_are_counted_in_every_view(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(DAY_60_S - 300.0, "online.slowdown", 5.0, "data-platform", "shared pool")])
    world.advance(DAY_60_S + 14 * HOUR_S)
    facts = seen(world, "features status").facts
    assert float(facts["timed_out.card_velocity"]) > 0.05
    assert facts["timed_out.card_velocity"] == facts["timed_out.card_profile"]
    assert float(facts["present.card_velocity"]) + float(facts["timed_out.card_velocity"]) == pytest.approx(1.0)


def test_parity_falls_for_the_stale_view_alone(stale: World, seen: Seen) -> None:
    facts = seen(stale, "features parity").facts
    assert float(facts["correlation.txn_count_1h"]) < 0.3
    assert float(facts["differing.txn_count_1h"]) > 0.5
    assert float(facts["correlation.card_age_days"]) > 0.9


def test_parity_is_computed_on_the_same_payments(stale: World, seen: Seen) -> None:
    since, until = stale.settled_s - 2 * HOUR_S, stale.settled_s
    online, offline = (stale.rows.numbers(f"{side}.txn_amount_24h", since, until) for side in ("served", "offline"))
    facts = seen(stale, "features parity card_velocity --last 2h").facts
    assert facts["differing.txn_amount_24h"] == pytest.approx(np.mean(np.abs(online - offline) > 0.25 * offline), abs=1e-3)
    assert facts["correlation.txn_amount_24h"] == pytest.approx(np.corrcoef(np.log(online), np.log(offline))[0, 1], rel=1e-5)


def test_a_profile_does_not_see_staleness_and_sees_a_unit(stale: World, fork: Callable[..., World], seen: Seen) -> None:
    assert float(seen(stale, "features profile txn_count_1h").facts["median_ratio.txn_count_1h"]) == pytest.approx(1.0, abs=0.1)
    world = fork([Edit(DAY_60_S, f"source.unit_factor/devices.session_seconds.{c}", 1000.0, "mobile-sdk", "ms") for c in ("web", "app", "marketplace")])
    world.advance(DAY_60_S + 2 * HOUR_S)
    assert float(seen(world, "features profile session_seconds --last 2h").facts["median_ratio.session_seconds"]) == pytest.approx(1000.0, rel=0.2)


def test_lineage_names_source_or_view_and_the_inputs(base_world: World, seen: Seen) -> None:
    amount, usual = seen(base_world, "features lineage amount"), seen(base_world, "features lineage avg_amount_30d")
    assert any("stream payments" in str(row[1]) and row[2] == "payments-platform" for row in amount.tables[0].rows)
    assert any("view card_profile" in str(row[1]) for row in usual.tables[0].rows)
    assert amount.facts["transform.serving"] == base_world.levers["transform.serving"].at(base_world.now_s)
    assert amount.facts["champion"] == base_world.levers["alias.champion"].at(base_world.now_s)


def test_the_inputs_that_a_feature_feeds_are_found_by_changing_it() -> None:
    assert inputs_fed_by("avg_amount_30d", "t3") == ("log_amount_over_usual", "log_usual_amount", "new_device_and_large")
    assert inputs_fed_by("amount", "t3") == ("log_amount", "log_amount_over_usual", "new_device_and_large")
    assert [name for name in FEATURES if not inputs_fed_by(name, "t4")] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("features age nothing", "card_velocity, card_profile, merchant_risk"),
        ("features parity nothing", "merchant_risk"),
        ("features profile nothing", "amount"),
        ("features lineage nothing", "session_seconds"),
    ],
)
def test_an_unknown_name_is_refused_with_those_there_are(base_world: World, line: str, said: str, seen: Seen) -> None:
    with pytest.raises(Refused, match=said):
        seen(base_world, line)


@pytest.mark.parametrize("line", ["features list", "features age", "features status", "features parity", f"features profile {ENTITY_FEATURES[0]}", "features lineage new_device"])
def test_a_look_changes_nothing_and_shows_the_same_twice(stale: World, line: str, seen_twice: Seen) -> None:
    first = seen_twice(stale, line)
    assert 0 < len(first.facts) <= 30
