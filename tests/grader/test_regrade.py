"""A stored session gives the same scorecard to the last byte, whatever it is graded by."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from console.host.closing import regrade
from scenarios.sessions import SessionStore
from scripts.regrade_pythons import FIXTURES, VERSIONS, prepared, regraded

ROOT = Path(__file__).parents[2]
JOURNALS = sorted(FIXTURES.glob("*.jsonl"))
PURE = (
    *(ROOT / "grader" / f"{name}.py" for name in ("scorecard", "finding", "evidence", "stored_evidence", "rubric", "modes", "overrule")),
    *sorted((ROOT / "grader/rules").glob("*.py")),
    *(ROOT / "scenarios" / f"{name}.py" for name in ("steps", "checked_steps", "chain", "phases", "taxonomy")),
)
UNSURE = {"numpy", "scipy", "pandas", "random", "statistics", "locale", "time", "datetime", "platform", "os"}
"""Modules whose answers may differ between machines or days."""

NO_SIMD = "SSE3 SSSE3 SSE41 POPCNT SSE42 AVX F16C FMA3 AVX2 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL X86_V3 X86_V4"


@lru_cache(maxsize=1)
def here() -> list[bytes]:
    return [json.dumps(regrade(SessionStore(Path("no-sessions")).resolve(str(journal)), "journal")[0].to_json()).encode() for journal in JOURNALS]


def test_the_stored_sessions_hold_what_rules_read() -> None:
    """Sessions in which nothing was done would be the same everywhere, too."""
    cards = [json.loads(card) for card in here()]
    assert {card["root_cause"]["verdict"] for card in cards} >= {"justified", "wrong"}
    assert {card["root_cause"]["actual"]["mechanism"] for card in cards} >= {"stale-materialisation", "nothing-wrong"}
    for card in cards:
        assert {f["dimension"] for f in card["findings"]} == {d["id"] for d in card["dimensions"]}
        assert any(row["excludes"] for row in card["evidence_by_step"])
    assert any(card["impact"]["do_nothing"] > card["impact"]["actual"] > 0 for card in cards)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_python_gives_the_same_bytes(version: str) -> None:
    if version not in prepared():
        pytest.skip(f"no Python {version} is prepared; make pythons does it where there is one")
    assert regraded(prepared()[version], JOURNALS) == here()


@pytest.mark.parametrize(
    "variables",
    [
        {"NPY_DISABLE_CPU_FEATURES": NO_SIMD, "OPENBLAS_CORETYPE": "Prescott", "PYTHONHASHSEED": "1"},
        {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "2", "PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
        {"PYTHONHASHSEED": "3", "LC_ALL": "de_DE.UTF-8", "PYTHONOPTIMIZE": "1", "COLUMNS": "40"},
    ],
    ids=["no-simd", "another-blas", "another-locale"],
)
def test_other_cpu_features_hashes_and_locales_give_the_same_bytes(variables: dict[str, str]) -> None:
    assert regraded(sys.executable, JOURNALS, variables, ("-W", "ignore")) == here()


def unsure(tree: ast.Module) -> Iterator[str]:
    """What in a module could make a grade differ: imports, sums that are not exact, the order of a set."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"line {node.lineno}: imports {a.name}" for a in node.names if a.name.split(".")[0] in UNSURE)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in UNSURE:
            yield f"line {node.lineno}: imports {node.module}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum" and not _counts(node.args[0]):
            yield f"line {node.lineno}: sum() of floats differs from Python 3.12 on; math.fsum does not"
        elif isinstance(node, (ast.For, ast.comprehension)) and _is_set(node.iter):
            yield f"line {node.iter.lineno}: the order of a set differs between processes"


def _counts(argument: ast.expr) -> bool:
    """Whether only truth values are added."""
    return isinstance(argument, (ast.GeneratorExp, ast.ListComp)) and isinstance(argument.elt, (ast.Compare, ast.BoolOp))


def _is_set(over: ast.expr) -> bool:
    made = isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id in ("set", "frozenset")
    return made or isinstance(over, (ast.Set, ast.SetComp))


@pytest.mark.parametrize("file", PURE, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_grades_uses_nothing_that_differs_between_machines(file: Path) -> None:
    assert list(unsure(ast.parse(file.read_text()))) == []


@pytest.mark.parametrize("line", ["import numpy as np", "from time import time", "sum(f.points for f in found)", "sum(costs)", "[a for a in {1, 2}]", "for a in set(b): pass"])
def test_what_could_differ_is_seen(line: str) -> None:
    assert len(list(unsure(ast.parse(line)))) == 1


@pytest.mark.parametrize("line", ["sum(a == b for a in c)", "math.fsum(costs)", "for a in sorted(set(b)): pass", "import math"])
def test_what_is_exact_is_let_pass(line: str) -> None:
    assert list(unsure(ast.parse(line))) == []
