from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.catalogue import LEVERS
from simulator.commands import looks_and_moves
from simulator.dataplane.queues import ROUTINGS, Routing
from simulator.dataplane.windows import ServiceWindows
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.errors import Refused, UsageError
from simulator.observation import Observation
from simulator.telemetry import audit
from simulator.timeline import Value
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]

NOON_S = 60 * DAY_S + 12 * HOUR_S


def windows_after(world: World, lines: tuple[str, ...], do: Do) -> ServiceWindows:
    """Service windows of half an hour with too few replicas, from noon on, and of the half hour after the lines were typed."""
    world.advance(NOON_S)
    start_s = world.settled_s
    do(world, "serving scale model-server 1")
    world.advance(start_s + 27 * MINUTE_S)
    for line in lines:
        do(world, line)
    world.advance(start_s + HOUR_S)
    return world.service.windows(start_s, world.settled_s)


def in_flight_at_noon(world: World) -> float:
    world.advance(NOON_S)
    return float(world.service.windows(world.settled_s - 5 * MINUTE_S, world.settled_s).in_flight[-1])


def test_the_move_sets_the_routing_of_one_service(fork: Fork, do: Do, pulled: Callable[[World], dict[str, Value]]) -> None:
    world = fork()
    shown = do(world, "serving routing model-server two-choices")
    assert shown.text == ("Routing of model-server: shared -> two-choices.",)
    assert shown.facts == {"service": "model-server", "routing": "two-choices"}
    do(world, "serving routing model-server shortest")
    assert pulled(world) == {"serving.routing/model-server": "shortest"}
    assert do(world, "serving routing model-server shared").text == ("Routing of model-server: shortest -> shared.",)


def test_it_is_refused_where_it_is_in_force_or_where_there_is_no_such_service(fork: Fork, do: Do, pulled: Callable[[World], dict[str, Value]]) -> None:
    world = fork()
    with pytest.raises(Refused, match="model-server routes by shared already"):
        do(world, "serving routing model-server shared")
    with pytest.raises(Refused, match="no service database; there are feature-server, model-server"):
        do(world, "serving routing database shared")
    with pytest.raises(UsageError, match="two-choices"):
        do(world, "serving routing model-server fastest")
    assert pulled(world) == {}


def test_it_may_be_taken_back_and_touches_all_of_a_service() -> None:
    declared = looks_and_moves()["serving routing"]
    assert (declared.reversible, declared.blast) == (True, "wide")
    assert declared.params[1].choices == ROUTINGS
    lever = next(lever for lever in LEVERS if lever.name == "serving.routing")
    assert (lever.kind, lever.default, lever.audience) == ("text", "", "company")


def test_the_audit_log_and_the_configuration_show_it(fork: Fork, do: Do) -> None:
    world = fork()
    before_s = world.now_s
    world.advance(before_s + MINUTE_S)
    do(world, "serving routing feature-server shared")
    change = audit.changes(world, before_s, world.now_s)[-1]
    assert (change.lever, change.before, change.after, change.who) == ("serving.routing/feature-server", "", "shared", "you")
    setting = next(s for s in audit.settings(world, before_s) if s.lever == "serving.routing/feature-server")
    assert (setting.then, setting.now, setting.default) == ("", "shared", "")


@pytest.mark.parametrize("routing", [routing for routing in ROUTINGS if routing != "shared"])
def test_a_change_in_the_middle_of_an_overload_loses_no_request(fork: Fork, do: Do, routing: Routing) -> None:
    world = fork()
    before = in_flight_at_noon(world)
    windows = windows_after(world, (f"serving routing model-server {routing}", "serving routing feature-server shared", f"serving routing feature-server {routing}"), do)
    assert windows.in_flight[4] > before
    assert before + windows.requests.sum() == windows.answered.sum() + windows.timed_out.sum() + windows.in_flight[-1]


def test_the_more_a_routing_looks_at_the_shorter_the_same_requests_wait(fork: Fork, do: Do) -> None:
    waits = {}
    for routing in ("random", "two-choices", "shortest", "shared"):
        world = fork()
        world.advance(NOON_S)
        start_s = world.settled_s
        do(world, "serving scale feature-server 4")
        do(world, "serving scale model-server 4")
        if routing != "shared":
            do(world, f"serving routing model-server {routing}")
        world.advance(start_s + 2 * HOUR_S)
        waits[routing] = float(world.service.windows(start_s, world.settled_s).model_queue_ms.mean())
    assert waits["shared"] < waits["shortest"] < waits["two-choices"] < 0.6 * waits["random"]
