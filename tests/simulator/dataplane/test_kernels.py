"""The loops as written and as compiled are one and the same; importing them loads no compiler."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from simulator.dataplane import kernels
from simulator.streams import stream


def _draws(seed: int, n: int, replicas: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    draw = stream(seed, "test.kernels")
    arrive = np.cumsum(draw.standard_exponential(n)) / (0.95 * replicas)
    return arrive, draw.standard_exponential(n), draw.integers(0, replicas, n, dtype=np.uint8), draw.standard_exponential(n) * 3.0


def _rows(replicas: int, room: int) -> tuple[np.ndarray, np.ndarray]:
    """Times of leaving at replicas where nobody was yet, with room for so many requests, and where each row ends."""
    leaves = np.zeros((replicas, 1 + room))
    leaves[:, 0] = -np.inf
    return leaves, np.ones(replicas, dtype=np.uint64)


@pytest.mark.parametrize("patience_kind", ["none", "one", "each"])
@pytest.mark.parametrize("replicas", [1, 3, 16])
@pytest.mark.parametrize("loop", ["fifo", "fifo_in_turn", "shared", "shortest", "two_choices"])
def test_compiled_and_plain_loops_agree_to_the_bit(loop: str, replicas: int, patience_kind: str) -> None:
    n = 700
    arrive, service, replica, each = _draws(replicas, n, replicas)
    patience, stride = {"none": (np.array([np.inf]), 0), "one": (np.array([1.5]), 0), "each": (each, 1)}[patience_kind]
    results = []
    for form in (getattr(kernels, loop), getattr(kernels, loop).python):
        free, wait, left = np.zeros(replicas), np.empty(n), np.empty(n, dtype=np.bool_)
        out: list[object] = [free, wait, left]
        if loop == "fifo":
            form(arrive, service, replica, patience, stride, free, wait, left)
        elif loop == "fifo_in_turn":
            out.append(form(arrive, service, 0, patience, stride, free, wait, left))
        elif loop == "shared":
            form(arrive, service, patience, stride, free, wait, left)
        else:
            leaves, tail = _rows(replicas, n)
            marks = (stream(replicas, "test.kernels.route").random(n),) if loop == "two_choices" else ()
            form(arrive, service, *marks, patience, stride, free, leaves, tail, wait, left)
            out += [leaves, tail]
        results.append(out)
    for compiled, plain in zip(*results, strict=True):
        assert np.array_equal(compiled, plain)
    assert results[0][1].max() > 0.5
    assert results[0][2].any() == (patience_kind != "none")


def _counting_every_departure(arrive: np.ndarray, service: np.ndarray, patience: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[list[float]]]:
    """Join-the-shortest as it was before it looked by level: waits, who left, and when those leave who are there as the last one comes."""
    leaves = np.empty((free.size, arrive.size))
    head, tail = np.zeros(free.size, dtype=np.int64), np.zeros(free.size, dtype=np.int64)
    wait, left = np.empty(arrive.size), np.empty(arrive.size, dtype=np.bool_)
    present = tail - head
    first_leave = np.full(free.size, np.inf)
    for i in range(arrive.size):
        now = arrive[i]
        r = 0
        fewest = -1
        for k in range(free.size):
            while first_leave[k] <= now:
                head[k] += 1
                present[k] -= 1
                first_leave[k] = leaves[k, head[k]] if present[k] > 0 else np.inf
            if fewest < 0 or present[k] < fewest:
                fewest = present[k]
                r = k
        start = max(free[r], now)
        waited = start - now
        wait[i] = min(waited, patience[i])
        left[i] = waited > patience[i]
        if left[i]:
            end = now + patience[i]
        else:
            end = start + service[i]
            free[r] = end
        j = tail[r]
        tail[r] = j + 1
        while j > head[r] and leaves[r, j - 1] > end:
            leaves[r, j] = leaves[r, j - 1]
            j -= 1
        leaves[r, j] = end
        present[r] += 1
        if j == head[r]:
            first_leave[r] = end
    return wait, left, [[t for t in row[h:end].tolist() if t > arrive[-1]] for row, h, end in zip(leaves, head, tail, strict=True)]


@pytest.mark.parametrize("patience_kind", ["none", "one", "each"])
@pytest.mark.parametrize("load", [0.4, 0.95, 1.5, 3.0])
@pytest.mark.parametrize("replicas", [1, 2, 5, 16])
@pytest.mark.parametrize("step", [0.0, 0.25], ids=["any times", "times that meet"])
def test_looking_for_the_shortest_queue_by_level_gives_what_counting_every_departure_gives(replicas: int, load: float, patience_kind: str, step: float) -> None:
    n = 900
    draw = stream(replicas, "test.kernels.levels")
    arrive, service, each = np.cumsum(draw.standard_exponential(n)) / (load * replicas), draw.standard_exponential(n), draw.standard_exponential(n) * 4.0
    # Twice a crowd, then a pause: queues grow long, and drain.
    arrive[n // 3 :] += 20.0
    arrive[2 * n // 3 :] += 200.0
    if step:
        arrive, service, each = (np.rint(values / step) * step for values in (arrive, service, each))
    limits = {"none": np.full(n, np.inf), "one": np.full(n, 2.5), "each": each}[patience_kind]
    expected, gone, there = _counting_every_departure(arrive, service, limits, np.zeros(replicas))
    free, wait, left = np.zeros(replicas), np.empty(n), np.empty(n, dtype=np.bool_)
    leaves, tail = _rows(replicas, n)
    kernels.shortest(arrive, service, limits, 1, free, leaves, tail, wait, left)
    assert np.array_equal(wait, expected)
    assert np.array_equal(left, gone)
    assert [[t for t in row[1:end].tolist() if t > arrive[-1]] for row, end in zip(leaves, tail, strict=True)] == there


def test_fluid_backlog_fills_to_its_bound_and_drains_to_nothing() -> None:
    excess, bound = np.array([-5.0, 4.0, 4.0, -3.0, -9.0]), np.full(5, 6.0)
    for form in (kernels.fluid_backlog, kernels.fluid_backlog.python):
        after = np.empty(5)
        form(excess, bound, 2.0, after)
        assert after.tolist() == [0.0, 4.0, 6.0, 3.0, 0.0]


def test_importing_the_data_plane_does_not_import_the_compiler() -> None:
    code = "import sys, simulator.dataplane.service; print(sorted({'numba', 'scipy', 'pandas', 'simpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
