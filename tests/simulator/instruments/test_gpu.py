from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, MINUTE_S
from simulator.observation import Observation
from simulator.telemetry.fleet import card_utilisation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]
Later = Callable[..., World]
DAY_60_S = 60 * DAY_S


def test_a_card_shows_what_ran_on_it_and_what_its_replicas_take_of_its_memory(base_world: World, seen_twice: Seen) -> None:
    shown = seen_twice(base_world, "gpu")
    assert [row[3] for row in shown.tables[0].rows] == [2, 1]
    card_mib = base_world.spec.fleet.pool("gpu").machine.gpu_memory_gb * 1024.0
    assert [row[6:] for row in shown.tables[0].rows] == [(8192.0, card_mib - 8192.0), (4096.0, card_mib - 4096.0)]
    fleet = base_world.service.fleet_windows(DAY_60_S - 15 * MINUTE_S, DAY_60_S)
    busy = float(fleet.services["model-server"].gpu.mean())
    assert shown.facts["replica_busy.model-server"] == pytest.approx(busy, rel=1e-4)
    assert [row[4] for row in shown.tables[0].rows] == pytest.approx([100 * (1 - (1 - busy) ** 2), 100 * busy], rel=1e-4)
    assert shown.facts["gpu_util.gpu"] == pytest.approx(100 * (1 - (1 - busy) ** 2 + busy) / 2, rel=1e-4)


def test_more_replicas_on_a_card_push_its_utilisation_up_while_each_works_less(later: Later, seen_twice: Seen) -> None:
    few = seen_twice(later([], 30 * MINUTE_S), "gpu").facts
    many = seen_twice(later([Edit(DAY_60_S, "serving.replicas/model-server", 4.0, "you", "more")], 30 * MINUTE_S), "gpu").facts
    assert float(many["replica_busy.model-server"]) < float(few["replica_busy.model-server"])
    assert many["fb_used_mib.gpu"] == few["fb_used_mib.gpu"]
    assert (few["cards.gpu"], few["idle_cards.gpu"], few["per_gpu.model-server"]) == (2.0, 0.0, 2.0)


def test_replicas_killed_for_memory_are_counted(later: Later, seen_twice: Seen) -> None:
    shown = seen_twice(later([Edit(DAY_60_S, "serving.model_gb/model-server", 12.0, "ml-platform", "larger")], 30 * MINUTE_S), "gpu --last 30m")
    assert float(shown.facts["oom_killed.model-server"]) >= 1.0


def test_gpu_util_counts_moments_in_which_anything_ran() -> None:
    assert card_utilisation(0.4, 2) == pytest.approx(0.64)
    assert (card_utilisation(0.4, 0), card_utilisation(1.0, 3), card_utilisation(0.3, 1)) == (0.0, 1.0, pytest.approx(0.3))
