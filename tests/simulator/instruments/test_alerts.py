from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]


@pytest.fixture(scope="module")
def strict(later: Callable[..., World]) -> World:
    """Two hours after somebody set the bound on latency far too low and silenced it."""
    rule = "latency-p99-high"
    edits = [Edit(60 * DAY_S, f"alert.threshold/{rule}", 100.0, "you", "try"), Edit(60 * DAY_S, f"alert.silenced/{rule}", True, "you", "try")]
    return later(edits, 2 * HOUR_S)


def test_a_quiet_system_has_no_alert(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "alerts")
    assert {shown.facts[f"state.{rule.name}"] for rule in base_world.spec.alerts} == {"inactive"}
    assert all(row[5] is None for row in shown.tables[0].rows)
    assert not any(fact.startswith("silenced.") for fact in shown.facts)


def test_a_rule_fires_once_its_condition_has_held_for_long_enough(strict: World, seen: Seen) -> None:
    shown = seen(strict, "alerts")
    assert shown.facts["state.latency-p99-high"] == "firing"
    assert shown.facts["silenced.latency-p99-high"] == "yes"
    # Evaluated every 15 min and held for 15 min: the second evaluation from day 60 on fires.
    assert shown.facts["for_s.latency-p99-high"] == 2 * HOUR_S - 900.0
    assert shown.tables[0].rows[0][:5] == ("latency-p99-high", "firing", "page", shown.facts["value.latency-p99-high"], "> 100")


def test_history_has_the_moment_and_the_threshold_of_the_time(strict: World, seen: Seen) -> None:
    shown = seen(strict, "alerts history --last 1d")
    assert shown.tables[0].rows == ((60 * 86_400 + 900, "latency-p99-high", "page", "latency_p99_ms > 100", True),)
    assert shown.facts["fired.latency-p99-high"] == 1.0
    assert shown.facts["fired.timeouts-high"] == 0.0
    assert shown.facts["last_fired_age_s.latency-p99-high"] == 2 * HOUR_S - 900.0


def test_rules_show_the_threshold_set_beside_the_standard_one(strict: World, base_world: World, seen: Seen) -> None:
    row = next(row for row in seen(strict, "alerts rules").tables[0].rows if row[0] == "latency-p99-high")
    standard = seen(base_world, "alerts rules").facts["threshold.latency-p99-high"]
    assert row[3:5] == (100.0, standard)
    assert row[-1] is True
