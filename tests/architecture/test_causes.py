"""Causes are set and symptoms emerge: what pulls levers has no hand on what is measured."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.imported_names import imported_names

ROOT = Path(__file__).parents[2]


def telemetry_imports(source: str) -> list[str]:
    """Names under simulator.telemetry that `source` imports, also inside functions and under TYPE_CHECKING."""
    return [name for _, name in imported_names(ast.parse(source)) if name == "simulator.telemetry" or name.startswith("simulator.telemetry.")]


def modules() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for folder in ("simulator/operations", "scenarios/faults") for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("module", modules())
def test_a_fault_or_operation_does_not_import_telemetry(module: str) -> None:
    assert telemetry_imports((ROOT / module).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import simulator.telemetry.metrics",
        "from simulator import telemetry",
        "from simulator.telemetry.logs import write",
        "def f():\n    from simulator.telemetry import alerts",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from simulator.telemetry.metrics import Series",
    ],
)
def test_an_import_of_telemetry_is_found_wherever_it_stands(source: str) -> None:
    assert len(telemetry_imports(source)) == 1
