"""Arrays that are made and freed again and again take their memory from what was freed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from console.allocator import ENVIRONMENT, keep_freed_memory

COUNT = """
import resource
import numpy as np
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    for _ in range(50):
        arrays = [np.ones(250_000) for _ in range(4)]
        del arrays
work()
before = faults()
work()
print(faults() - before)
"""

glibc = pytest.mark.skipif(not sys.platform.startswith("linux") or "glibc" not in os.confstr("CS_GNU_LIBC_VERSION"), reason="another C library")


def page_faults(first: str = "", **environment: str) -> int:
    clean = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    done = subprocess.run([sys.executable, "-c", first + COUNT], capture_output=True, text=True, check=True, env={**clean, **environment})
    return int(done.stdout)


@glibc
def test_arrays_of_the_same_size_cost_page_faults_only_once() -> None:
    assert page_faults("import console.allocator\n") < 0.05 * page_faults()


@glibc
def test_what_somebody_set_beforehand_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "131072")
    assert keep_freed_memory() is False
    given = {"MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072"}
    assert page_faults("import console.allocator\n", **given) > 0.5 * page_faults(**given)


@glibc
def test_what_dask_sets_for_its_workers_is_nobodys_wish() -> None:
    of_dask = {"MALLOC_TRIM_THRESHOLD_": "65536"}
    assert page_faults("import console.allocator\n", **of_dask) < 0.05 * page_faults(**of_dask)


def test_another_system_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert keep_freed_memory() is False


@pytest.mark.parametrize("entry", ["console.cli.main", "console.host.__main__"])
def test_every_process_that_computes_keeps_it(entry: str) -> None:
    code = f"import sys, {entry}; print('console.allocator' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "True"
