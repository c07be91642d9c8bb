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


@pytest.mark.parametrize("patience_kind", ["none", "one", "each"])
@pytest.mark.parametrize("replicas", [1, 3, 16])
@pytest.mark.parametrize("loop", ["fifo", "fifo_in_turn", "shared", "shortest"])
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
            leaves, head, tail = np.zeros((replicas, n)), np.zeros(replicas, dtype=np.int64), np.zeros(replicas, dtype=np.int64)
            form(arrive, service, patience, stride, free, leaves, head, tail, wait, left)
            out += [head, tail]
        results.append(out)
    for compiled, plain in zip(*results, strict=True):
        assert np.array_equal(compiled, plain)
    assert results[0][1].max() > 0.5
    assert results[0][2].any() == (patience_kind != "none")


def test_fluid_backlog_fills_to_its_bound_and_drains_to_nothing() -> None:
    excess, bound = np.array([-5.0, 4.0, 4.0, -3.0, -9.0]), np.full(5, 6.0)
    for form in (kernels.fluid_backlog, kernels.fluid_backlog.python):
        after = np.empty(5)
        form(excess, bound, 2.0, after)
        assert after.tolist() == [0.0, 4.0, 6.0, 3.0, 0.0]


def test_importing_the_data_plane_does_not_import_the_compiler() -> None:
    code = "import sys, simulator.dataplane.service; print(sorted({'numba', 'scipy', 'pandas', 'simpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
