"""Every loop of the simulator does the same compiled and as written: on the arguments that a service in trouble gives it."""

from __future__ import annotations

import copy
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import simulator
from simulator.catalogue import LEVERS
from simulator.dataplane import exact, surfaces
from simulator.dataplane.kernels import Kernel
from simulator.dataplane.program import Program
from simulator.dataplane.queues import ROUTINGS
from simulator.dataplane.service import ServicePlane
from simulator.dataplane.settings import InForce
from simulator.levers import Levers
from simulator.nature.traffic import Traffic, TrafficSpec
from simulator.spec import load_system
from simulator.timeline import Edit, Value

Loop = Kernel[..., Any] | Program[..., Any]
Call = tuple[tuple[Any, ...], dict[str, Any]]
CALLS = 5
"""Calls of each loop that are tried in both forms."""


def loops() -> dict[str, Loop]:
    """All there are, by module and name."""
    found: dict[str, Loop] = {}
    for module in pkgutil.walk_packages(simulator.__path__, "simulator."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, (Kernel, Program)) and value.python.__module__ == module.name:
                found[f"{module.name}.{name}"] = value
    return found


EVERY = loops()


def trouble(routing: str) -> list[Edit]:
    pulls: list[tuple[float, str, Value]] = [
        *((0.0, f"serving.routing/{service}", routing) for service in ("feature-server", "model-server")),
        (320.0, "callers.attempts", 3.0),
        (320.0, "callers.budget", 0.5),
        (330.0, "serving.slowdown/model-server", 4.0),
        (330.0, "serving.queue_limit/model-server", 5.0),
        (350.0, "pool.lost/gpu", 1.0),
        (360.0, "autoscaler.signal/model-server", "concurrency"),
        (620.0, "serving.batch_max/model-server", 6.0),
        (620.0, "serving.batch_prefer/model-server", 3.0),
        (620.0, "serving.batch_delay_ms/model-server", 100.0),
    ]
    return [Edit(at_s, lever, value, "test", "") for at_s, lever, value in pulls]


def serve_in_trouble() -> None:
    """A quiet service that gets into trouble, under every routing; batches without it; patient callers of a slow one; and a history that is far too busy."""
    spec = load_system("card-fraud")
    calls: list[list[Edit]] = [trouble(routing) for routing in ROUTINGS]
    calls.append([Edit(0.0, "serving.batch_max/model-server", 8.0, "test", "")])
    calls.append([Edit(0.0, "serving.request_timeout_ms", 60_000.0, "test", ""), Edit(0.0, "serving.slowdown/model-server", 12.0, "test", "")])
    for edits in calls:
        levers = Levers(LEVERS, edits)
        ServicePlane(1, spec.service, levers, Traffic(1, TrafficSpec(3.0), levers), 0.0, spec.fleet, spec.callers).settle(900.0)
    patient = Levers(LEVERS, [Edit(0.0, "serving.request_timeout_ms", 30_000.0, "test", "")])
    setting = InForce(spec.service, patient).at(0.0)
    surfaces.history_rows(setting, np.full(3, 12_000.0), surfaces.Noise.of_windows(1, 0, 3, 288), 0.0)


@pytest.fixture(scope="module")
def recorded() -> Iterator[dict[Loop, list[Call]]]:
    """Arguments, as they came in, of some calls of each loop: the first, then ever rarer ones."""
    kept: dict[Loop, list[Call]] = {loop: [] for loop in EVERY.values()}
    seen = dict.fromkeys(EVERY.values(), 0)

    def recording(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(loop: Loop, *args: Any, **kwargs: Any) -> Any:
            seen[loop] += 1
            if len(kept[loop]) < CALLS and seen[loop] == 3 ** len(kept[loop]):
                kept[loop].append(copy.deepcopy((args, kwargs)))
            return original(loop, *args, **kwargs)

        return call

    exact.outcome.cache_clear()
    surfaces.rung.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        for kind in (Kernel, Program):
            patch.setattr(kind, "__call__", recording(kind.__call__))
        serve_in_trouble()
    yield kept
    exact.outcome.cache_clear()


def same(one: Any, two: Any) -> bool:
    """Equal to the bit; containers item by item."""
    if isinstance(one, np.ndarray):
        return one.dtype == two.dtype and one.shape == two.shape and one.tobytes() == two.tobytes()
    if isinstance(one, (list, tuple)):
        return len(one) == len(two) and all(same(mine, its) for mine, its in zip(one, two, strict=True))
    if isinstance(one, dict):
        return same(list(one.items()), list(two.items()))
    return bool(one == two)


def test_they_are_found() -> None:
    assert {"simulator.dataplane.kernels.shared", "simulator.dataplane.batch_kernel.batches"} <= set(EVERY)
    assert any(isinstance(loop, Program) for loop in EVERY.values())


@pytest.mark.parametrize("name", sorted(EVERY))
def test_compiled_and_as_written_they_leave_the_same_bits(recorded: dict[Loop, list[Call]], name: str) -> None:
    loop = EVERY[name]
    assert recorded[loop], f"nothing calls {name}: let `serve_in_trouble` do what needs it"
    for args, kwargs in recorded[loop]:
        compiled, plain = copy.deepcopy((args, kwargs)), copy.deepcopy((args, kwargs))
        given_back = loop(*compiled[0], **compiled[1]), loop.python(*plain[0], **plain[1])
        assert same(*given_back)
        assert same(compiled, plain)
