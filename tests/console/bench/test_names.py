from __future__ import annotations

import ast
from pathlib import Path

import console.bench
from console.cli.bench import names


def test_the_benches_are_the_modules_that_can_be_run() -> None:
    folder = Path(console.bench.__path__[0])
    can_be_run = [path.stem for path in sorted(folder.glob("*.py")) if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in ast.parse(path.read_text()).body)]
    assert list(names()) == can_be_run
    assert {"live", "start"} < set(can_be_run)
