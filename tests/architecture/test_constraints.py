"""constraints.txt pins every package by version alone, so that it means the same on any machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> list[str]:
    """Names of what pyproject.toml asks for: dependencies, extras and the build backend."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *(line for extra in extras for line in extra), *project["build-system"]["requires"]]
    return sorted({normal(re.split(r"[\[<>=!~ ;]", line)[0]) for line in wanted})


@pytest.mark.parametrize("mark", ["://", "@ file", "file:", "@"])
def test_no_line_names_an_address_or_a_path(mark: str) -> None:
    assert [line for line in LINES if mark in line] == []


def test_every_line_is_one_exact_version() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9A-Za-z.]*", line)] == []


def test_the_lines_are_sorted_and_name_nothing_twice() -> None:
    names = [line.partition("==")[0] for line in LINES]
    assert names == sorted(set(names))


@pytest.mark.parametrize("name", declared())
def test_what_the_project_asks_for_is_pinned(name: str) -> None:
    assert name in {line.partition("==")[0] for line in LINES}
