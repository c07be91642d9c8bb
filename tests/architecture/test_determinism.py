"""Below curriculum nothing draws from, or asks, anything but the seed and the journal: no wall clock, no global randomness."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.imported_names import imported_names, used_names

ROOT = Path(__file__).parents[2]

FORBIDDEN = (
    "random",
    "secrets",
    "time",  # the module as a whole: it has nothing but the wall clock and waiting for it
    "uuid",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "numpy.random",
    "os.urandom",
    "hash()",  # salted anew in every process
)
TYPES_ONLY = ("numpy.random.Generator",)
"""May be named in an annotation; it cannot be drawn from before a stream has made one."""
EXEMPT = {"simulator/streams.py": "numpy.random"}
"""The one source of randomness. There is no exemption for the wall clock: console passes it in."""


def strays(source: str, exempt: str | None = None) -> list[str]:
    """`line: name` of each forbidden name in `source`."""
    tree = ast.parse(source)
    forbidden = [name for name in FORBIDDEN if name != exempt]
    # A value's own hash finds it again within the process, and nothing else asks for it.
    own = {line for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__hash__" for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    found = {
        (line, name)
        for line, name in (*imported_names(tree), *used_names(tree))
        if name not in TYPES_ONLY and not (name == "hash()" and line in own) and any(name == banned or name.startswith(f"{banned}.") for banned in forbidden)
    }
    return [f"{line}: {name}" for line, name in sorted(found)]


def modules() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for package in ("simulator", "scenarios", "grader") for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("module", modules())
def test_a_module_depends_on_nothing_but_seed_and_journal(module: str) -> None:
    assert strays((ROOT / module).read_text(encoding="utf-8"), EXEMPT.get(module)) == []


def test_every_exempt_module_exists_and_needs_its_exemption() -> None:
    for module in EXEMPT:
        assert strays((ROOT / module).read_text(encoding="utf-8")) != []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import random", ["1: random"]),
        ("from random import choice", ["1: random.choice"]),
        ("def f():\n    import time as clock\n    return clock.time()", ["2: time", "3: time.time"]),
        ("from time import time", ["1: time.time"]),
        ("import uuid", ["1: uuid"]),
        ("import datetime\nat = datetime.datetime.now()", ["2: datetime.datetime.now"]),
        ("from datetime import datetime as d, UTC\nat = d.now(UTC)", ["2: datetime.datetime.now"]),
        ("import numpy as np\nx = np.random.default_rng(3)", ["2: numpy.random.default_rng"]),
        ("from numpy.random import default_rng", ["1: numpy.random.default_rng"]),
        ("from numpy import random", ["1: numpy.random"]),
        ("import os\nx = os.urandom(8)", ["2: os.urandom"]),
        ("x = hash('a') % 2", ["1: hash()"]),
        ("class A:\n    def __hash__(self):\n        return hash(3)\n\n    def place(self):\n        return hash(self) % 7", ["6: hash()"]),
    ],
)
def test_a_stray_source_is_found_behind_its_alias(source: str, found: list[str]) -> None:
    assert strays(source) == found


@pytest.mark.parametrize(
    "source",
    [
        "from numpy.random import Generator\n\ndef f(rng: Generator) -> float:\n    return rng.random()",
        "import numpy as np\n\ndef f(rng: np.random.Generator) -> float:\n    return rng.random()",
        "def f(env, uuid):\n    return env.now, env.random, uuid",
        "from datetime import datetime, timedelta\nx = datetime.fromisoformat('2026-01-01') + timedelta(days=1)",
        "class A:\n    def __hash__(self):\n        return 3",
        "from simulator.digests import hash\nx = hash('a')",
    ],
)
def test_what_is_reproducible_is_left_alone(source: str) -> None:
    assert strays(source) == []
