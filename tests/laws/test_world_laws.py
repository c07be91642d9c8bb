"""Laws of whole worlds: what is shared, what a cause may change, and what cutting, forking and reading must not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import decoys
from scenarios.draw import DrawnDecoy, DrawnFault
from scenarios.faults.library import FAULTS, edits_of
from simulator.commands import looks_and_moves, parse
from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused
from simulator.spec import load_system
from simulator.timeline import Edit
from simulator.world import Checkpoint, World

Fork = Callable[..., World]
START_S = 60 * DAY_S


def at_end(world: World, hours: float = 30) -> World:
    world.advance(START_S + hours * HOUR_S)
    world.settle()
    return world


def test_a_world_run_through_and_a_world_forked_on_the_way_are_identical() -> None:
    spec = load_system("card-fraud")
    through = World(spec, 11)
    through.advance(23 * DAY_S - 300)
    moment = through.checkpoint()
    assert moment is not None
    forked = World(spec, 11, start=moment)
    for world in (through, forked):
        world.advance(30 * DAY_S)
    assert forked.digest() == through.digest()


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_that_begins_after_now_leaves_everything_identical(fork: Fork, fault: str) -> None:
    late = edits_of(DrawnFault(fault, START_S + 10 * DAY_S, {}))
    world = at_end(fork(late))
    assert world.digest() == at_end(fork()).digest()


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_changes_only_what_comes_after_its_onset(fork: Fork, fault: str) -> None:
    onset = START_S + 6 * HOUR_S
    hit, calm = at_end(fork(edits_of(DrawnFault(fault, onset, {})))), at_end(fork())
    for name in ("served.amount", "served.txn_count_1h", "score", "approved", "fraud", "chargeback_at_s"):
        assert np.array_equal(hit.rows.column(name, START_S, onset), calm.rows.column(name, START_S, onset))
    assert hit.digest() != calm.digest()


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_worlds_that_differ_in_one_cause_share_every_random_draw(fork: Fork, fault: str) -> None:
    hit, calm = at_end(fork(edits_of(DrawnFault(fault, START_S, {})))), at_end(fork())
    for name in ("at_s", "weight", "channel", "paid", "offline.amount", "offline.txn_count_1h", "join_mark"):
        assert np.array_equal(hit.rows.column(name, START_S, np.inf), calm.rows.column(name, START_S, np.inf))


def test_a_campaign_adds_payments_and_reshuffles_none(fork: Fork) -> None:
    busy = at_end(fork(decoys.edits_of(DrawnDecoy("campaign", START_S + HOUR_S, {"size": 0.3, "days": 1}))))
    calm = at_end(fork())
    with_campaign, without = (w.rows.numbers("at_s", START_S, np.inf) for w in (busy, calm))
    assert len(with_campaign) > 1.1 * len(without)
    assert np.isin(without, with_campaign).all()


@given(cuts=st.lists(st.integers(1, 30 * 12 - 1), max_size=8, unique=True))
@settings(max_examples=8, deadline=None)
def test_reading_at_other_times_changes_no_digest(quiet: Checkpoint, cuts: list[int]) -> None:
    edits = edits_of(DrawnFault("unit-change", START_S + 5 * HOUR_S, {"field": "payments.amount", "channel": "app"}))
    read = World(quiet.spec, quiet.seed, edits, start=quiet, exact_from_s=START_S)
    for cut in sorted(cuts):
        read.advance(START_S + cut * 300.0)
        read.settle()
    lazy = World(quiet.spec, quiet.seed, edits, start=quiet, exact_from_s=START_S)
    assert at_end(read).digest() == at_end(lazy).digest()


def test_no_look_changes_the_world(fork: Fork) -> None:
    world = at_end(fork(), 8)
    before = world.digest()
    for command in looks_and_moves().values():
        if command.kind == "look" and not any(p.required for p in command.params):
            assert command.run is not None
            command.run(world, parse(command.name, looks_and_moves()).args)
    assert world.digest() == before


def test_a_refused_edit_is_not_kept(fork: Fork) -> None:
    world = fork()
    before = list(world.levers.all_edits())
    with pytest.raises(Refused):
        world.pull("decision.threshold", 7.0, "you", "too high")
    assert list(world.levers.all_edits()) == before


def test_declined_payments_never_get_a_label(base_world: World) -> None:
    declined = ~base_world.rows.column("approved", 0.0, START_S).astype(bool)
    assert declined.any()
    assert np.isinf(base_world.rows.numbers("chargeback_at_s", 0.0, START_S)[declined]).all()
    assert np.isinf(base_world.rows.numbers("warning_at_s", 0.0, START_S)[declined]).all()


def test_a_stale_store_costs_ranking_and_leaves_every_distribution_alone(fork: Fork) -> None:
    from simulator.telemetry.drift import psi
    from simulator.telemetry.quality import roc_auc

    edits = edits_of(DrawnFault("materialise-empty-source", START_S, {"view": "card_velocity"}))
    stale, fresh = at_end(fork(edits), 60), at_end(fork(), 60)
    since, until = START_S + 36 * HOUR_S, START_S + 60 * HOUR_S
    aucs = [roc_auc(w.rows.numbers("fraud", since, until), w.rows.numbers("score", since, until)) or 0.0 for w in (stale, fresh)]
    assert aucs[0] < aucs[1] - 0.08
    for feature in ("txn_count_1h", "txn_amount_24h", "distinct_merchants_24h"):
        values = [w.rows.numbers(f"served.{feature}", since, until) for w in (fresh, stale)]
        assert (psi(*values).value or 0.0) < 0.02


def test_an_edit_given_to_a_fork_acts_at_its_time(fork: Fork) -> None:
    moved = at_end(fork([Edit(START_S + HOUR_S, "decision.threshold", 0.3, "you", "try")]), 4)
    calm = at_end(fork(), 4)
    assert np.array_equal(moved.rows.column("score", START_S, np.inf), calm.rows.column("score", START_S, np.inf))
    declined = [1.0 - w.rows.numbers("approved", START_S + HOUR_S, np.inf).mean() for w in (moved, calm)]
    assert declined[0] < 0.7 * declined[1]
