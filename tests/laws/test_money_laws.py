"""Laws of money: every dollar belongs to one resource, one team and one use, and a span costs what its parts cost, however it is cut."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.dataplane.stations import MODEL_SERVER
from simulator.durations import DAY_S, HOUR_S
from simulator.nature.population import Floats
from simulator.telemetry.billing import TRAINING, Bill, bill_of, spent
from simulator.telemetry.money import impact_usd
from simulator.timeline import Edit
from simulator.world import Checkpoint, World

START_S, END_S = 56 * DAY_S, 61 * DAY_S
CHANGES = (
    ("serving.replicas/model-server", 7.0, 700.0),
    ("serving.per_gpu/model-server", 4.0, 4_000.5),
    ("serving.replicas/feature-server", 5.0, 5_000.0),
    ("alias.challenger", "v3", 7_123.25),
    ("traffic.challenger_share", 0.3, 7_200.0),
    ("pool.market/gpu", "spot", 9_000.0),
    ("alias.champion", "v2", 20_000.75),
    ("serving.replicas/model-server", 2.0, 30_000.0),
)


@pytest.fixture(scope="module")
def world(quiet: Checkpoint) -> World:
    """Five days with a training run, and a last one in which replicas, their packing, the market and the models change."""
    made = World(quiet.spec, quiet.seed, [Edit(60 * DAY_S + after_s, lever, value, "you", "try") for lever, value, after_s in CHANGES], start=quiet, exact_from_s=quiet.at_s)
    made.advance(END_S)
    made.settle()
    return made


def sums(parts: Mapping[str, Floats]) -> dict[str, float]:
    return {name: float(usd.sum()) for name, usd in parts.items()}


def all_sums(bill: Bill) -> dict[str, float]:
    kinds = {"resource": bill.resources, "team": bill.teams, "use": bill.uses, "model": bill.models, "predictions": bill.predictions}
    return {f"{kind} {name}": usd for kind, parts in kinds.items() for name, usd in sums(parts).items()}


moments = st.floats(START_S, END_S)


@settings(max_examples=100)
@given(since_s=moments, until_s=moments)
def test_every_dollar_belongs_to_one_resource_one_team_and_one_use(world: World, since_s: float, until_s: float) -> None:
    bill = bill_of(world, min(since_s, until_s), max(since_s, until_s))
    whole = sum(sums(bill.resources).values())
    rest = sum(usd for use, usd in sums(bill.uses).items() if use != MODEL_SERVER)
    assert sum(sums(bill.teams).values()) == pytest.approx(whole, rel=1e-9)
    assert sum(sums(bill.uses).values()) == pytest.approx(whole, rel=1e-9)
    assert sum(sums(bill.models).values()) + rest == pytest.approx(whole, rel=1e-9)
    assert float(spent(world, min(since_s, until_s), max(since_s, until_s))[1].sum()) == pytest.approx(whole, rel=1e-9)


@settings(max_examples=100)
@given(cuts=st.lists(moments, min_size=3, max_size=5))
def test_a_bill_is_the_sum_of_the_bills_of_its_parts(world: World, cuts: list[float]) -> None:
    ordered = sorted(cuts)
    whole = all_sums(bill_of(world, ordered[0], ordered[-1]))
    parts: dict[str, float] = {}
    for since_s, until_s in pairwise(ordered):
        for name, amount in all_sums(bill_of(world, since_s, until_s)).items():
            parts[name] = parts.get(name, 0.0) + amount
    for name in {**whole, **parts}:
        assert parts.get(name, 0.0) == pytest.approx(whole.get(name, 0.0), rel=1e-9, abs=1e-9)


@settings(max_examples=30)
@given(cuts=st.lists(moments, min_size=3, max_size=3))
def test_impact_is_the_sum_of_the_impacts_of_its_parts(world: World, cuts: list[float]) -> None:
    first, middle, last = sorted(cuts)
    assert impact_usd(world, first, middle) + impact_usd(world, middle, last) == pytest.approx(impact_usd(world, first, last), rel=1e-9, abs=1e-6)


@settings(max_examples=50)
@given(since_s=moments, until_s=moments, step_s=st.sampled_from([300.0, HOUR_S, DAY_S]))
def test_longer_steps_keep_every_part(world: World, since_s: float, until_s: float, step_s: float) -> None:
    assume(abs(until_s - since_s) > 300.0)
    bill = bill_of(world, min(since_s, until_s), max(since_s, until_s))
    longer = bill.by(step_s)
    assert all_sums(longer) == pytest.approx(all_sums(bill), rel=1e-9)
    assert (longer.start_s % step_s == 0.0).all()
    assert longer.start_s[0] <= bill.start_s[0]
    assert longer.end_s[-1] >= bill.end_s[-1]


@settings(max_examples=30)
@given(since_s=moments, until_s=moments)
def test_nodes_cost_their_seconds_at_the_price_of_their_market_and_nothing_is_used_that_is_not_paid_for(world: World, since_s: float, until_s: float) -> None:
    bill = bill_of(world, min(since_s, until_s), max(since_s, until_s))
    if not len(bill.start_s):
        return
    fleet = world.service.fleet_windows(float(bill.start_s[0]), float(bill.end_s[-1]))
    for pool in world.spec.fleet.pools:
        nodes, machine = fleet.pools[pool.name], pool.machine
        assert bill.resources[f"{pool.name}/on-demand"] == pytest.approx(nodes.on_demand_s / 3600.0 * machine.usd_per_hour)
        assert bill.resources[f"{pool.name}/spot"] == pytest.approx(nodes.spot_s / 3600.0 * machine.spot_usd_per_hour)
    assert all((usd >= -1e-12).all() for usd in bill.uses.values())
    assert sum(sums(bill.predictions).values()) == pytest.approx(float(world.service.windows(float(bill.start_s[0]), float(bill.end_s[-1])).answered.sum()))


def test_the_world_of_these_laws_has_every_kind_of_cost(world: World) -> None:
    """Otherwise they would hold for want of anything to hold of."""
    bill = bill_of(world, START_S, END_S)
    usd = sums(bill.resources) | sums(bill.uses)
    assert min(usd[name] for name in ("cpu/on-demand", "gpu/on-demand", "gpu/spot", TRAINING, "model-server", "feature-server", "idle/cpu", "idle/gpu")) > 0
    assert set(bill.models) >= {"v2", "v3"}
    assert len(np.unique(np.round(bill.resources["gpu/on-demand"], 6))) > 2
