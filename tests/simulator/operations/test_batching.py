from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.commands import looks_and_moves, parse
from simulator.dataplane.windows import ServiceWindows
from simulator.durations import MINUTE_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.timeline import Value
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]

MAX, DELAY = "serving.batch_max/model-server", "serving.batch_delay_ms/model-server"
PREFER = "serving.batch_prefer/model-server"


def _later(world: World, minutes: int = 30) -> ServiceWindows:
    """Service windows of the minutes to come."""
    since_s = world.settled_s
    world.advance(world.now_s + minutes * MINUTE_S)
    return world.service.windows(since_s, world.settled_s)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["serving batching model-server --max 32 --delay 50"], {MAX: 32.0, DELAY: 50.0}),
        (["serving batching model-server --max 8"], {MAX: 8.0}),
        (["serving batching model-server --max 8 --prefer 4"], {MAX: 8.0, PREFER: 4.0}),
        (["serving batching model-server --delay 1500"], {DELAY: 1500.0}),
        (["serving batching model-server --max 32 --delay 50", "serving batching model-server --max 0"], {MAX: 0.0, DELAY: 50.0}),
        (["serving batching model-server --max 32 --delay 50", "serving batching model-server --max 32 --delay 2.5"], {MAX: 32.0, DELAY: 2.5}),
    ],
)
def test_it_pulls_the_levers_that_are_given_and_no_other(fork: Fork, do: Do, pulled: Callable[[World], dict[str, Value]], lines: list[str], expected: dict[str, Value]) -> None:
    world = fork()
    for line in lines:
        do(world, line)
    assert pulled(world) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("serving batching feature-server --max 32", "feature-server has no batching; model-server has"),
        ("serving batching database --max 32", "no service database; there are feature-server, model-server"),
        ("serving batching model-server", "give --max, --delay or --prefer"),
        ("serving batching model-server --max 257", "takes a number from 0 to 256"),
        ("serving batching model-server --max -1", "takes a number from 0 to 256"),
        ("serving batching model-server --max 32 --delay 11000", "takes a number from 0 to 10000"),
        ("serving batching model-server --max 0", "batches that way already"),
        ("serving batching model-server --prefer 4", "holds 0 at the most, so it cannot be sent at 4"),
        ("serving batching model-server --max 8 --prefer 9", "holds 8 at the most, so it cannot be sent at 9"),
    ],
)
def test_a_refused_batching_says_why_and_pulls_nothing(base_world: World, line: str, reason: str) -> None:
    before = list(base_world.levers.all_edits())
    typed = parse(line, looks_and_moves())
    assert typed.command.run is not None
    with pytest.raises(Refused) as raised:
        typed.command.run(base_world, typed.args)
    assert reason in str(raised.value)
    assert list(base_world.levers.all_edits()) == before


def test_it_is_a_wide_move_that_can_be_undone_and_says_what_it_changed(fork: Fork, do: Do) -> None:
    command = looks_and_moves()["serving batching"]
    assert (command.blast, command.reversible, command.group) == ("wide", True, "serving")
    said = do(fork(), "serving batching model-server --max 32 --delay 50")
    assert said.text == ("Largest batch of model-server: 0 -> 32.", "Delay of a batch of model-server: 0 -> 50 ms.")
    assert dict(said.facts) == {"batch_max": 32.0, "batch_delay_ms": 50.0}


def test_a_quiet_service_only_waits_longer_for_its_batches(fork: Fork, do: Do) -> None:
    batched, usual = fork(), fork()
    do(batched, "serving batching model-server --max 32 --delay 200")
    after, before = _later(batched), _later(usual)
    assert (after.model_queue_ms > before.model_queue_ms + 100.0).all()
    assert after.p50_ms.min() > before.p50_ms.max() + 100.0
    assert (after.feature_server_utilisation == before.feature_server_utilisation).all()


def test_switched_off_again_everything_is_as_if_it_had_never_been(fork: Fork, do: Do) -> None:
    batched, usual = fork(), fork()
    do(batched, "serving batching model-server --max 32 --delay 200")
    _later(batched, 10)
    do(batched, "serving batching model-server --max 0")
    after = _later(batched)
    _later(usual, 10)
    assert after.mean_ms[1:].tolist() == _later(usual).mean_ms[1:].tolist()


def test_the_company_sees_it_in_its_looks(fork: Fork, do: Do) -> None:
    world = fork()
    before = do(world, "config diff --since 1h")
    do(world, "serving batching model-server --max 32 --delay 50")
    _later(world)
    audit = do(world, "changes --last 1h")
    assert [row[1:6] for row in audit.tables[0].rows] == [(MAX, "0", "32", "you", ""), (DELAY, "0", "50", "you", "")]
    config = do(world, "config diff --since 1h")
    assert {row[0]: row[1:3] for row in config.tables[0].rows if row[3]} == {MAX: ("0", "32"), DELAY: ("0", "50")}
    changed = {fact for fact, value in config.facts.items() if value == "yes"}
    assert changed == {f"changed.{MAX.partition('/')[0]}", f"changed.{DELAY.partition('/')[0]}"}
    assert not [fact for fact, value in before.facts.items() if "batch" in fact and value == "yes"]
    latency = do(world, "serving latency --last 10m").facts
    assert float(latency["mean_ms.model_queue"]) > 30.0


def test_batches_have_one_queue_which_the_status_shows_and_no_routing_replaces(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "serving batching model-server --max 32 --delay 50")
    services = do(world, "serving status").tables[0]
    routing = [head.name for head in services.columns].index("routing")
    assert [row[routing] for row in services.rows] == [world.spec.service.feature_server.routing, "batches of up to 32, delay 50 ms"]
    do(world, "serving batching model-server --prefer 16")
    assert do(world, "serving status").tables[0].rows[1][routing] == "batches of up to 32, delay 50 ms, sent at 16"
    typed = parse("serving routing model-server shortest", looks_and_moves())
    assert typed.command.run is not None
    with pytest.raises(Refused, match="--max 0 ends that"):
        typed.command.run(world, typed.args)
    do(world, "serving batching model-server --max 0")
    do(world, "serving routing model-server shortest")
    assert do(world, "serving status").tables[0].rows[1][routing] == "shortest"
