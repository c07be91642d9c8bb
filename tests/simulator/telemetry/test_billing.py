from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.fleet.spec import DeploymentSpec, MachineSpec, PoolSpec
from simulator.telemetry.billing import TRAINING, bill_of, gpu_time, requested_share, spent, training_team, window_range
from simulator.timeline import Edit
from simulator.world import World

QUIET_S = 60 * DAY_S - 600.0


def test_a_calm_day_by_hand(base_world: World) -> None:
    """Two CPU nodes with a feature server each that asks for 3 of 4 processors; two GPU nodes with three model servers at half a card each."""
    bill = bill_of(base_world, 58 * DAY_S, 59 * DAY_S).by(DAY_S)
    cpu, gpu = 2 * 24 * 0.192, 2 * 24 * 0.805
    assert bill.start_s.tolist() == [58 * DAY_S]
    assert {name: float(usd[0]) for name, usd in bill.resources.items() if usd[0]} == pytest.approx({"cpu/on-demand": cpu, "gpu/on-demand": gpu})
    uses = {"feature-server": 0.75 * cpu, "idle/cpu": 0.25 * cpu, "model-server": 0.75 * gpu, "idle/gpu": 0.25 * gpu}
    assert {name: float(usd[0]) for name, usd in bill.uses.items() if usd[0] > 1e-9} == pytest.approx(uses)
    assert {name: float(usd[0]) for name, usd in bill.teams.items()} == pytest.approx({"fraud-ml": 0.75 * gpu, "data-platform": 0.75 * cpu, "ml-platform": 0.25 * (cpu + gpu)})
    assert float(bill.usd[0]) == pytest.approx(cpu + gpu)


def test_training_falls_in_the_window_of_its_charge_and_on_the_training_team(base_world: World) -> None:
    assert training_team(base_world) == "fraud-ml"
    at_s = base_world.charges[-1][0]
    window_s = at_s // 300.0 * 300.0
    bill = bill_of(base_world, window_s, window_s + 300.0)
    charged = sum(usd for when_s, _, usd in base_world.charges if window_s <= when_s < window_s + 300.0)
    assert charged > 0
    assert bill.resources[TRAINING].tolist() == bill.uses[TRAINING].tolist() == [pytest.approx(charged)]
    assert float(bill.teams["fraud-ml"][0]) == pytest.approx(charged + float(bill.uses["model-server"][0]))


def test_a_version_carries_the_model_server_while_it_decides(fork: Callable[..., World]) -> None:
    """Promoted 100 s into a window, with a tenth for a challenger from 200 s on."""
    world = fork(
        [
            Edit(60 * DAY_S + 100.0, "alias.champion", "v2", "you", "back"),
            Edit(60 * DAY_S + 200.0, "alias.challenger", "v5", "you", "compare"),
            Edit(60 * DAY_S + 200.0, "traffic.challenger_share", 0.1, "you", "compare"),
        ]
    )
    champion = world.levers["alias.champion"].text_at(60 * DAY_S)
    world.advance(60 * DAY_S + HOUR_S)
    bill = bill_of(world, 60 * DAY_S, 60 * DAY_S + 600.0)
    for parts, whole in ((bill.models, bill.uses["model-server"]), (bill.predictions, world.service.windows(60 * DAY_S, 60 * DAY_S + 600.0).answered)):
        shares = {version: (values / whole).tolist() for version, values in parts.items()}
        assert shares == {champion: pytest.approx([1 / 3, 0.0]), "v2": pytest.approx([1 / 3 + 0.9 / 3, 0.9]), "v5": pytest.approx([0.1 / 3, 0.1])}


def test_a_share_without_a_challenger_is_nobodys(fork: Callable[..., World]) -> None:
    world = fork([Edit(QUIET_S + 1.0, "traffic.challenger_share", 0.4, "you", "too early")])
    world.advance(60 * DAY_S)
    assert list(bill_of(world, QUIET_S, 60 * DAY_S).models) == [world.levers["alias.champion"].text_at(60 * DAY_S)]


def test_a_replica_takes_the_largest_of_its_requests_over_what_the_machine_has() -> None:
    machine = MachineSpec("m", 8, 32, gpus=2, gpu_memory_gb=24, usd_per_hour=1.0, spot_usd_per_hour=0.5)
    pool = PoolSpec("p", machine, "team")
    for cpus, memory_gb, gpu_memory_gb, per_gpu, share in ((2, 4, 0, 1, 0.25), (1, 16, 0, 1, 0.5), (1, 4, 8, 1, 0.5), (1, 4, 8, 4, 0.125), (2, 4, 8, 4, 0.25)):
        deployment = DeploymentSpec("s", "p", "team", cpus, memory_gb, gpu_memory_gb=gpu_memory_gb)
        assert float(requested_share(pool, deployment, per_gpu)) == share


def test_idle_gpu_time_is_what_replicas_did_not_work_in_of_their_part_of_the_card(base_world: World) -> None:
    since, until = 58 * DAY_S, 59 * DAY_S
    paid, busy = gpu_time(base_world, since, until)
    replicas = base_world.service.fleet_windows(since, until).services["model-server"]
    assert paid == 2 * DAY_S
    assert busy == pytest.approx(float((replicas.gpu * replicas.ready).sum()) * 300.0 / 2)
    assert 0.1 < busy / paid < 0.75


def test_windows_belong_to_the_span_in_which_they_begin(base_world: World) -> None:
    assert window_range(base_world, 300.0, 900.0) == (1, 3)
    assert window_range(base_world, 300.5, 900.5) == (2, 4)
    assert window_range(base_world, -DAY_S, 300.0) == (0, 1)
    assert window_range(base_world, 900.0, 300.0) == (3, 3)
    assert window_range(base_world, 60 * DAY_S - 300.0, 61 * DAY_S) == (60 * 288 - 1, 60 * 288)


def test_an_empty_span_costs_nothing(base_world: World) -> None:
    bill = bill_of(base_world, -3 * DAY_S, 0.0)
    assert len(bill.start_s) == len(bill.usd) == len(bill.by(DAY_S).start_s) == 0
    assert float(spent(base_world, 60 * DAY_S, 61 * DAY_S)[1].sum()) == 0.0


def test_what_was_spent_is_the_whole_bill(base_world: World) -> None:
    start_s, usd = spent(base_world, 50 * DAY_S, 58 * DAY_S)
    bill = bill_of(base_world, 50 * DAY_S, 58 * DAY_S)
    assert np.array_equal(start_s, bill.start_s)
    assert usd == pytest.approx(bill.usd)
