"""`hotseat --help` answers before any heavy library is loaded, and numeric threads are pinned before NumPy can be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "sklearn", "scipy", "duckdb", "numba", "textual")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

HELP = """
import json, sys
from console.cli.main import main
sys.argv = ["hotseat", "--help"]
status = 0
try:
    main()
except SystemExit as stop:
    status = stop.code or 0
print(json.dumps({"status": status, "loaded": sorted(sys.modules)}), file=sys.stderr)
"""


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`program` in a fresh interpreter, whose thread variables are only those given here."""
    inherited = {name: value for name, value in os.environ.items() if name not in THREADS}
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=inherited | environment, capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def help_run() -> subprocess.CompletedProcess[str]:
    return run(HELP)


def test_help_prints_the_commands_and_ends_well(help_run: subprocess.CompletedProcess[str]) -> None:
    assert json.loads(help_run.stderr.splitlines()[-1])["status"] == 0
    assert "play" in help_run.stdout


@pytest.mark.parametrize("library", HEAVY)
def test_help_does_not_load(library: str, help_run: subprocess.CompletedProcess[str]) -> None:
    assert library not in json.loads(help_run.stderr.splitlines()[-1])["loaded"]


def test_the_entry_point_pins_every_thread_variable_to_one() -> None:
    shown = run(f"import os, console.cli.main; print(*[os.environ.get(name) for name in {THREADS!r}])").stdout
    assert shown.split() == ["1", "1", "1"]


def test_a_thread_count_that_somebody_chose_is_kept() -> None:
    shown = run(f"import os, console.threads; print(*[os.environ[name] for name in {THREADS!r}])", OMP_NUM_THREADS="2").stdout
    assert shown.split() == ["2", "1", "1"]


def test_pinning_threads_does_not_load_numpy() -> None:
    assert run("import sys, console.threads; print('numpy' in sys.modules)").stdout.strip() == "False"
