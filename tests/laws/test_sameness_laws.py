"""Laws of sameness: no thread, process, order of hashing, cut of time or lever changes what it does not cause."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.catalogue import LEVERS
from simulator.dataplane import exact
from simulator.dataplane.service import ServicePlane
from simulator.dataplane.windows import MEASURES
from simulator.durations import DAY_S, HOUR_S
from simulator.levers import Lever, Levers
from simulator.nature.traffic import Traffic
from simulator.spec import load_system
from simulator.timeline import Edit, Value
from simulator.world import World

Fork = Callable[..., World]
START_S = 60 * DAY_S

STORM: tuple[tuple[float, str, Value], ...] = (
    (310.0, "callers.attempts", 4.0),
    (310.0, "callers.backoff_ms", 150.0),
    (350.5, "nature.campaign", 1.2),
    (420.0, "serving.slowdown/model-server", 2.5),
    (480.25, "autoscaler.target/model-server", 0.4),
    (540.0, "serving.queue_limit/model-server", 6.0),
    (610.0, "serving.routing/feature-server", "hashed"),
    (900.0, "pool.lost/gpu", 1.0),
    (1210.0, "callers.budget", 0.2),
    (1300.0, "serving.batch_max/model-server", 8.0),
    (1300.0, "serving.batch_delay_ms/model-server", 40.0),
    (1300.0, "serving.batch_prefer/model-server", 4.0),
    (1502.0, "serving.restart/model-server", "again"),
    (1700.0, "serving.slowdown/model-server", 1.0),
)
"""Half an hour in which callers try again, replicas come and go, and every part of the service is set differently once."""
STORM_S = 2100.0


def service(seed: int, pulls: Iterable[tuple[float, str, Value]] = STORM) -> ServicePlane:
    """The service of card-fraud, every request of it exact, without a world around it."""
    spec = load_system("card-fraud")
    levers = Levers(LEVERS, [Edit(at_s, lever, value, "test", "") for at_s, lever, value in pulls])
    return ServicePlane(seed, spec.service, levers, Traffic(seed, spec.traffic, levers), 0.0, spec.fleet, spec.callers)


def digest(plane: ServicePlane, until_s: float = STORM_S) -> str:
    """Of all windows, fleet windows and events."""
    windows = plane.windows(0.0, until_s)
    state = hashlib.sha256(b"".join(np.ascontiguousarray(getattr(windows, name)).tobytes() for name in MEASURES))
    state.update(plane.fleet_table(0.0, until_s).tobytes())
    state.update(repr(plane.fleet_events(0.0, until_s)).encode())
    return state.hexdigest()


def test_the_storm_is_one() -> None:
    plane = service(1)
    seen = plane.windows(0.0, STORM_S)
    assert seen.retries.sum() > 500
    assert seen.rejected.sum() > 100
    assert seen.unserved.sum() > 100
    assert {event.kind for event in plane.fleet_events(0.0, STORM_S)} >= {"scaled-up", "node-lost", "pod-ready"}


def test_worlds_served_side_by_side_in_threads_are_those_served_one_after_the_other() -> None:
    seeds = range(2, 8)
    alone = [digest(service(seed)) for seed in seeds]
    exact.outcome.cache_clear()
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda seed: digest(service(seed)), seeds))
    exact.outcome.cache_clear()
    with ThreadPoolExecutor(4) as threads:
        at_one_world = list(threads.map(lambda _: digest(service(2)), range(4)))
    assert together == alone
    assert set(at_one_world) == {alone[0]}


def in_a_process(code: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environment})
    return done.stdout.strip()


def test_the_same_world_has_the_same_digest_in_another_process_hash_seed_and_thread_count() -> None:
    code = (
        "from simulator.spec import load_system; from simulator.timeline import Edit; from simulator.world import World\n"
        f"edits = [Edit(15.9 * 86400.0 + at_s, lever, value, 'test', '') for at_s, lever, value in {STORM!r}]\n"
        "world = World(load_system('card-fraud'), 5, edits, exact_from_s=15.9 * 86400.0); world.advance(16 * 86400.0); print(world.digest())"
    )
    digests = [in_a_process(code, PYTHONHASHSEED=one, OMP_NUM_THREADS=threads, OPENBLAS_NUM_THREADS=threads) for one, threads in (("0", "1"), ("1", "2"))]
    assert len(digests[0]) == 64
    assert len(set(digests)) == 1


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0.0, STORM_S), max_size=4),
    st.lists(st.tuples(st.floats(0.0, STORM_S - 1.0), st.sampled_from(sorted({lever for _, lever, _ in STORM if "restart" not in lever}))), max_size=3),
    st.none() | st.integers(0, int(STORM_S // 300.0)),
)
def test_reads_forks_and_levers_pulled_to_where_they_stand_cut_time_and_change_nothing(reads: list[float], pulled: list[tuple[float, str]], forked: int | None) -> None:
    stand = Levers(LEVERS, [Edit(at_s, lever, value, "test", "") for at_s, lever, value in STORM])
    pulls = sorted([*STORM, *((at_s, lever, stand[lever].at(at_s)) for at_s, lever in pulled)], key=lambda pull: pull[0])
    plane = service(1, pulls)
    for until_s in sorted(reads):
        plane.settle(until_s)
    if forked is not None:
        plane = plane.fork(forked * 300.0, Levers(LEVERS, [Edit(at_s, lever, value, "test", "") for at_s, lever, value in pulls]))
    assert digest(plane) == digest(service(1))


_PLACES = {
    "service": "model-server",
    "view": "card_velocity",
    "dag": "train",
    "source": "payments",
    "source.field": "devices.session_seconds",
    "source.field.channel": "payments.amount.app",
    "version": "v1",
    "pool": "gpu",
    "rule": "latency-p99-high",
    "team": "fraud-ml",
}
_TEXTS = {
    "nature.drift_pattern": "clean-merchants",
    "serving.routing": "hashed",
    "autoscaler.kind": "kpa",
    "autoscaler.signal": "concurrency",
    "pool.market": "spot",
    "training.size": "large",
    "training.join": "latest",
    "source.schema_version": "8",
    "serving.restart": "again",
}


def otherwise(lever: Lever) -> Value:
    """A value that the lever does not have by default."""
    if lever.kind == "text":
        return _TEXTS[lever.name]
    if lever.kind == "switch":
        return not lever.default
    default = float(lever.default or 0.0)
    return float(np.clip(default * 2.0 if default else 2.0, lever.low, lever.high)) if default < lever.high else lever.low


@pytest.mark.parametrize("lever", [lever for lever in LEVERS if lever.kind != "text" or lever.name in _TEXTS], ids=lambda lever: lever.name)
def test_no_lever_shifts_a_draw_that_it_does_not_cause(fork: Fork, lever: Lever) -> None:
    """Worlds that differ in one lever see the same requests with the same marks, and the same payments by the same people."""
    place = lever.help.partition("place: ")[2]
    name = f"{lever.name}/{_PLACES[place]}" if place else lever.name
    pulled, calm = fork([Edit(START_S, name, otherwise(lever), "test", "")]), fork()
    for world in (pulled, calm):
        world.advance(START_S + HOUR_S)
        world.settle()
    ours, theirs = (world.traffic.requests(START_S, START_S + HOUR_S) for world in (pulled, calm))
    kept = np.isin(ours.at_s, theirs.at_s)
    assert kept.all() == (lever.name != "nature.campaign")
    for field in ("at_s", "fetch_mark", "model_mark", "fetch_route", "model_route", "caller"):
        assert np.array_equal(getattr(ours, field)[kept], getattr(theirs, field)), field
    kept = np.isin(*(world.rows.column("at_s", START_S, np.inf) for world in (pulled, calm)))
    for column in ("at_s", "region", "join_mark", *(() if lever.name.startswith("nature.") else ("paid", "channel"))):
        assert np.array_equal(pulled.rows.column(column, START_S, np.inf)[kept], calm.rows.column(column, START_S, np.inf)), column
