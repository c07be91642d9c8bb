"""Laws of replicas that come, go and crash: an event simulation agrees about every request, cuts change nothing, and nobody disappears."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.dataplane.passing import ANSWERED, FETCH_COMPUTE, FETCH_QUEUE, MODEL_COMPUTE, MODEL_QUEUE
from simulator.dataplane.queues import ROUTINGS, Routing, tick_at
from simulator.dataplane.specs import Setting, Station
from tests.laws.service_oracle import Change
from tests.laws.service_runs import REQUESTS, Run, Scene, agrees_with_the_oracle, drawn, scenes, switched_scenes


@settings(max_examples=250, deadline=None)
@given(scenes())
def test_every_try_ends_as_in_an_event_simulation_whatever_comes_goes_or_crashes(scene: Scene) -> None:
    agrees_with_the_oracle(scene.requests, scene.setting, scene.changes, scene.cuts)


@pytest.mark.parametrize("routing", ROUTINGS)
@pytest.mark.parametrize("station", ["feature-server", "model-server"])
@pytest.mark.parametrize("fate", ["drains", "lost", "rerouted", None])
def test_a_change_of_replicas_in_the_middle_of_a_queue_ends_as_in_an_event_simulation(routing: Routing, station: str, fate: str | None) -> None:
    narrow, wide = (Station(2, 2, service_s, 0.8, routing, 1.0) for service_s in (0.2, 0.05))
    setting = Setting(narrow, wide, 2.0, 4.0) if station == "feature-server" else Setting(wide, narrow, 2.0, 4.0)
    requests = drawn(5, REQUESTS, 12.0)
    run = agrees_with_the_oracle(requests, setting, [Change(tick_at(6.0), station, 1 if fate else 0, fate)], [])
    unchanged = agrees_with_the_oracle(requests, setting, [], [])
    assert not np.array_equal(run.sorted, unchanged.sorted)
    assert (run.lost > 0) == (fate == "lost")


@settings(max_examples=200, deadline=None)
@given(switched_scenes(), st.booleans())
def test_cutting_time_anywhere_changes_no_bit_of_anything(scene: Scene, no_pause: bool) -> None:
    setting = replace(scene.setting, callers=replace(scene.setting.callers, backoff_s=0.0)) if no_pause else scene.setting
    until_s = tick_at(0.8 * scene.end_s)
    whole, cut = (Run(scene.requests, setting, scene.changes, cuts, until_s, scene.switches) for cuts in ([], scene.cuts))
    assert np.array_equal(cut.sorted, whole.sorted)
    assert cut.passing == whole.passing
    assert (cut.retries, cut.rejected, cut.lost, cut.unserved, *cut.busy_s) == (whole.retries, whole.rejected, whole.lost, whole.unserved, *whole.busy_s)


@settings(max_examples=200, deadline=None)
@given(switched_scenes(), st.floats(0.1, 1.3))
def test_every_caller_is_served_or_gave_up_or_is_on_the_way_whatever_changes(scene: Scene, until: float) -> None:
    until_s = tick_at(until * scene.end_s)
    run = Run(scene.requests, scene.setting, scene.changes, scene.cuts, until_s, scene.switches)
    arrived = int(np.count_nonzero(scene.requests.at_s < until_s))
    answered = int(run.table[ANSWERED].sum())
    timed_out = run.table.shape[1] - answered - run.rejected - run.lost
    assert timed_out >= 0
    assert arrived + run.retries == answered + timed_out + run.rejected + run.lost + run.passing.in_system
    assert arrived == answered + run.unserved + run.passing.in_system + run.passing.trying_again
    assert min((0.0, *run.passing.fetch.free_s, *run.passing.model.free_s)) == 0.0
    assert (run.table[[FETCH_QUEUE, FETCH_COMPUTE, MODEL_QUEUE, MODEL_COMPUTE]] >= 0.0).all()
