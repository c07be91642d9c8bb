from __future__ import annotations

from collections.abc import Callable

from simulator.catalogue import LEVERS
from simulator.durations import DAY_S
from simulator.levers import Levers
from simulator.telemetry.audit import changes, settings, shown_value
from simulator.timeline import Edit
from simulator.world import World

AT_S = 60 * DAY_S - 300.0


def test_each_change_knows_what_was_before_it(fork: Callable[..., World]) -> None:
    world = fork([Edit(AT_S, "decision.threshold", 0.2, "a", "x"), Edit(AT_S, "decision.threshold", 0.3, "b", "y"), Edit(AT_S + 60, "decision.threshold", 0.2, "c", "z")])
    world.advance(60 * DAY_S)
    first = world.levers["decision.threshold"].at(0.0)
    assert [(c.before, c.after, c.who) for c in changes(world, AT_S - 1, 60 * DAY_S)] == [(first, 0.2, "a"), (0.2, 0.3, "b"), (0.3, 0.2, "c")]


def test_only_the_routine_writes_of_the_job_are_left_out(fork: Callable[..., World]) -> None:
    world = fork()
    world.advance(60 * DAY_S)
    world.pull("online.event_time_s/card_profile", 0.0, "you", "reload")
    found = changes(world, 60 * DAY_S - 1, 61 * DAY_S)
    assert [(c.lever, c.who) for c in found] == [("online.event_time_s/card_profile", "you")]
    assert not found[0].scheduled


def test_what_jobs_hold_and_make_is_neither_a_change_nor_configured(fork: Callable[..., World]) -> None:
    edits = [Edit(AT_S, lever, value, "train DAG", "job") for lever, value in (("pool.training/train-spot", 2.0), ("model.compute_factor/v9", 1.7), ("model.size_gb/v9", 6.0))]
    world = fork([*edits, Edit(AT_S, "training.size", "large", "fraud-ml", "more trees")])
    world.advance(60 * DAY_S)
    assert [c.lever for c in changes(world, AT_S - 1, 60 * DAY_S)] == ["training.size"]
    assert not [s.lever for s in settings(world, 0.0) if s.lever.startswith(("pool.", "model."))]


def test_settings_are_the_companys_and_places_appear_once_set(fork: Callable[..., World]) -> None:
    later = Edit(60 * DAY_S + 1, "alert.silenced/timeouts-high", True, "you", "later")
    world = fork([Edit(AT_S, "alert.threshold/timeouts-high", 0.5, "you", "noise"), later])
    world.advance(60 * DAY_S)
    found = {s.lever: s for s in settings(world, AT_S - 1)}
    audiences = {lever.name: lever.audience for lever in LEVERS}
    assert {audiences[name.partition("/")[0]] for name in found} == {"company"}
    assert (found["alert.threshold/timeouts-high"].then, found["alert.threshold/timeouts-high"].now) == (0.0, 0.5)
    assert "alert.silenced/timeouts-high" not in found
    assert "pipeline.trigger/train" not in found


def test_every_lever_with_a_place_is_listed_by_place(base_world: World) -> None:
    """A lever whose help names a place must never appear without one."""
    bare = {s.lever for s in settings(base_world, 0.0) if "/" not in s.lever}
    assert not [lever.name for lever in LEVERS if "place:" in lever.help and lever.name in bare]
    assert Levers(LEVERS).places("alert.threshold") == []


def test_values_read_as_in_a_file() -> None:
    assert [shown_value(v) for v in (None, True, False, 0.05, 3.0, "t4")] == ["none", "on", "off", "0.05", "3", "t4"]
