"""Incidents: the same scenario with two seeds is two incidents, and every world of one shares its past."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.draw import DrawnFault
from scenarios.faults.library import FAULTS, cause_of
from scenarios.incident import Incident, incident, key_of
from scenarios.library import all_scenarios, find_scenario
from scenarios.taxonomy import COMPONENTS, MECHANISMS, credit
from scenarios.vocabulary import packaged_vocabulary
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.timeline import Edit
from simulator.world import World


def test_every_packaged_scenario_names_only_what_exists() -> None:
    assert len(all_scenarios(packaged_vocabulary())) >= 5


def test_two_seeds_are_two_incidents_and_one_seed_is_one(quiet_store: Incident) -> None:
    again = incident(find_scenario("the-quiet-store"), 1)
    other = incident(find_scenario("the-quiet-store"), 2)
    assert (again.start_s, again.drawn.bindings) == (quiet_store.start_s, quiet_store.drawn.bindings)
    assert again.world().digest() == quiet_store.world().digest()
    assert other.start_s != quiet_store.start_s


def test_worlds_of_an_incident_share_everything_before_the_onset(quiet_store: Incident) -> None:
    own, control = quiet_store.world(), quiet_store.world(())
    for world in (own, control):
        world.settle()
    span = (quiet_store.onset_s - 2 * DAY_S, quiet_store.onset_s)
    for name in ("score", "served.txn_count_1h", "approved"):
        assert np.array_equal(own.rows.column(name, *span), control.rows.column(name, *span))
    after = (quiet_store.onset_s + DAY_S, quiet_store.start_s - DAY_S / 2)
    assert not np.array_equal(own.rows.column("served.txn_count_1h", *after), control.rows.column("served.txn_count_1h", *after))


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_cause_can_be_declared(fault: str) -> None:
    component, mechanism = cause_of(DrawnFault(fault, 0.0, {}))
    assert component in COMPONENTS
    assert mechanism in MECHANISMS


def test_credit_falls_with_distance() -> None:
    actual = ("feature-store/online/card_velocity", "stale-materialisation")
    exact = credit(actual, actual)
    place_missed = credit(("feature-store/online/merchant_risk", "stale-materialisation"), actual)
    neighbour = credit(("feature-store/online/card_velocity", "training-serving-skew"), actual)
    place_only = credit(("feature-store/online/card_velocity", "overload"), actual)
    assert exact == 1.0
    assert exact > place_missed > neighbour > place_only > credit(("none", "nothing-wrong"), actual) == 0.0


def test_an_eve_before_a_run_that_never_ends_is_the_last_quiet_moment_before_it(quiet_store: Incident) -> None:
    no_room = Edit(85 * DAY_S, "pool.max/train-spot", 0.0, "cloud", "quota cut")
    stuck = Incident(quiet_store.drawn, quiet_store.spec, (no_room,), start_s=92 * DAY_S + 10 * HOUR_S)
    eve = stuck._eve(())
    assert eve.at_s == 91 * DAY_S - 5 * MINUTE_S
    world = stuck.world((), exact=False)
    assert (world.now_s, [job.state for job in world.jobs.under_way()]) == (stuck.start_s, ["queued"])


def test_a_world_that_goes_on_from_the_morning_is_the_one_that_was_run_through(quiet_store: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    for faults in (quiet_store.drawn.faults, ()):
        quiet_store.world(faults)
        morning = quiet_store.mornings[key_of(faults)]
        assert quiet_store.exact_from_s < morning.at_s < quiet_store.start_s
        forked = quiet_store.world(faults)
        with monkeypatch.context() as patch:
            patch.setattr(quiet_store, "mornings", {})
            patch.setattr(Incident, "keep_morning", lambda self, faults, world: None)
            through = quiet_store.world(faults)
            assert not quiet_store.mornings
        for world in (forked, through):
            world.advance(quiet_store.start_s + 2 * HOUR_S)
        assert forked.digest() == through.digest()
        assert forked.service.traces(morning.at_s, forked.settled_s, 50).total_ms.tolist() == through.service.traces(morning.at_s, through.settled_s, 50).total_ms.tolist()


@pytest.mark.parametrize(("at", "kept"), [(5 * HOUR_S + 55 * MINUTE_S, True), (6 * HOUR_S, False), (6 * HOUR_S + 10 * MINUTE_S, False)])
def test_no_morning_is_kept_at_which_a_run_begins_or_goes_on(quiet_store: Incident, at: float, kept: bool) -> None:
    made = Incident(quiet_store.drawn, quiet_store.spec, (), start_s=92 * DAY_S + 7 * HOUR_S, exact_from_s=92 * DAY_S + 5 * HOUR_S)
    world = World(made.spec, made.drawn.seed, start=made._eve(()), exact_from_s=made.exact_from_s)
    world.advance(92 * DAY_S + at)
    made.keep_morning((), world)
    assert bool(made.mornings) == kept


def test_an_eve_waits_for_a_run_that_ends_soon(quiet_store: Incident) -> None:
    asked_s = 92 * DAY_S - 10 * MINUTE_S
    asked = (Edit(asked_s, "pipeline.trigger/labels", "again", "risk-data", ""),)
    late = Incident(quiet_store.drawn, quiet_store.spec, asked, start_s=92 * DAY_S + 10 * HOUR_S, exact_from_s=92 * DAY_S + 6 * HOUR_S)
    eve = late._eve(())
    assert 92 * DAY_S < eve.at_s < 92 * DAY_S + HOUR_S
    assert eve.at_s >= max(task.end_s for task in eve.log.tasks)
