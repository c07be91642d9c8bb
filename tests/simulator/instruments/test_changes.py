from __future__ import annotations

from collections.abc import Callable

from simulator.durations import DAY_S
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]


def _world(fork: Callable[..., World]) -> World:
    at_s = 60 * DAY_S - 300.0
    world = fork(
        [
            Edit(at_s, "serving.release", "r42", "serving", "routine"),
            Edit(at_s + 1, "online.slowdown", 2.0, "data-platform", "unseen"),
            Edit(at_s + 2, "nature.season", 1.0, "nature", "unseen"),
            Edit(at_s + 3, "nature.campaign", 0.2, "marketing", "spring offer"),
            Edit(at_s + 4, "transform.convert/payments.amount.app", 100.0, "you", "cents"),
        ]
    )
    world.advance(60 * DAY_S)
    return world


def test_the_audit_log_has_company_changes_newest_first(fork: Callable[..., World], seen: Seen) -> None:
    shown = seen(_world(fork), "changes --last 1h")
    assert [row[1:] for row in shown.tables[0].rows] == [
        ("transform.convert/payments.amount.app", "1", "100", "you", "", "cents"),
        ("campaign", "0", "0.2", "marketing", "", "spring offer"),
        ("serving.release", "r41", "r42", "serving", "", "routine"),
    ]
    assert {name for name, value in shown.facts.items() if value == "yes"} == {"changed.campaign", "changed.serving.release", "changed.transform.convert"}
    assert shown.facts["changed.alias.champion"] == "no"


def test_promotions_by_the_pipeline_are_marked_and_materialisation_is_left_out(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "changes --last 60d")
    assert {row[1] for row in shown.tables[0].rows} == {"alias.champion"}
    by_pipeline = [row for row in shown.tables[0].rows if row[4] == "train DAG"]
    assert by_pipeline
    assert {row[5] for row in by_pipeline} == {"scheduled"}
    assert shown.facts["changed.alias.champion"] == "yes"


def test_config_diff_puts_what_differs_first(fork: Callable[..., World], seen: Seen) -> None:
    shown = seen(_world(fork), "config diff --since 1h")
    differing = [row for row in shown.tables[0].rows if row[3]]
    assert shown.tables[0].rows[: len(differing)] == tuple(differing)
    assert {row[0]: row[1:3] for row in differing} == {"serving.release": ("r41", "r42"), "transform.convert/payments.amount.app": ("1", "100")}
    assert {name for name, value in shown.facts.items() if value == "yes"} == {"changed.serving.release", "changed.transform.convert"}


def test_config_shows_no_cause_that_the_company_cannot_know(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "config diff")
    names = [str(row[0]) for row in shown.tables[0].rows]
    assert not [name for name in names if name.startswith(("nature.", "source.", "online.slowdown", "serving.slowdown", "labels.join_loss", "materialise."))]
    assert len(names) > 20


def test_facts_of_config_say_what_changed_by_name_however_many_places(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(60 * DAY_S - 300.0 + i, f"alert.threshold/rule-{i}", 1.0 + i, "you", "try") for i in range(60)])
    before = seen(world, "config diff --since 1h").facts
    assert set(before.values()) == {"no"}
    world.advance(60 * DAY_S)
    facts = seen(world, "config diff --since 1h").facts
    assert {name for name, value in facts.items() if value == "yes"} == {"changed.alert.threshold"}
    assert len(facts) <= len(before) + 1
