from __future__ import annotations

from collections.abc import Callable

from simulator.durations import DAY_S, MINUTE_S
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


def known_labels(world: World) -> int:
    """How many chargebacks of all sampled payments are labels by now."""
    world.settle()
    arrival, mark = (world.rows.numbers(name, 0.0, world.settled_s) for name in ("chargeback_at_s", "join_mark"))
    return int((world.labels_known_at(arrival, mark) <= world.now_s).sum())


def test_lost_chargebacks_become_labels_by_mapping_keys_and_joining_again_and_by_neither_alone(fork: Fork, do: Do) -> None:
    losing, sound = fork([Edit(45 * DAY_S, "labels.join_loss", 0.9, "disputes", "new payment ids")]), fork()
    lost = known_labels(losing)
    assert lost < 0.8 * known_labels(sound)

    do(losing, "labels rejoin")
    rejoined = known_labels(losing)
    assert rejoined < 0.85 * known_labels(sound)

    for world in (losing, sound):
        world.advance(world.now_s + 15 * MINUTE_S)
    do(losing, "labels map-keys on")
    assert known_labels(losing) == rejoined

    do(losing, "labels rejoin")
    do(sound, "labels rejoin")
    assert known_labels(losing) == known_labels(sound)


def test_mapping_keys_helps_the_next_daily_join(fork: Fork, do: Do) -> None:
    losing = [Edit(45 * DAY_S, "labels.join_loss", 1.0, "disputes", "new payment ids")]
    mapped, unmapped = fork(losing), fork(losing)
    before = known_labels(unmapped)
    do(mapped, "labels map-keys on")
    for world in (mapped, unmapped):
        world.advance(60.5 * DAY_S)
    assert known_labels(unmapped) == before
    assert known_labels(mapped) > before
