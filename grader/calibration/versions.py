"""What a score rests on, named by digests: a row that was played with the same ones need not be played again."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import content

Versions = dict[str, str]
PACKAGES = ("simulator", "scenarios", "grader")
"""Packages whose code decides a score."""
_NO_PART = (
    *("advice", "calibrat", "causal_chain", "chart_scale", "check", "collector", "competencies", "debrief", "division", "first_page", "harm_chart", "model_runbook"),
    *("noise_listing", "partner", "path_chart", "players/", "preparation", "readings", "report", "rubric_listing"),
)
"""Beginnings of names in `grader` that only show or count what was scored; players are counted one by one."""
_DIGITS = 12


@cache
def program() -> str:
    """The program's version, and a digest of the code that decides a score: a working copy changes more often than its version."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for name, file in _sources(package):
            digest.update(f"{name}\0".encode() + file.read_bytes() + b"\0")
    try:
        number = version("hotseat")
    except PackageNotFoundError:
        number = "unpacked"
    return f"{number}+{digest.hexdigest()[:_DIGITS]}"


@cache
def versions(scenario: str, player: str) -> Versions:
    """Digests of all that a player's scores in a packaged scenario rest on. Raises as `content.read` does where there is no such scenario."""
    from scenarios.library import find_scenario

    system = find_scenario(scenario).system
    return {
        "program": program(),
        "player": _player(player),
        "rubric": _of_texts(_folder("rubrics")),
        "scenario": scenario_digest(scenario, system),
        "noise": _of_texts([content.read("noise", f"{system}.yaml")] if f"{system}.yaml" in content.names("noise") else []),
    }


def scenario_digest(scenario: str, system: str) -> str:
    """Of a packaged scenario's file, of its system's and of the prices. Raises as `content.read` does."""
    return _of_texts([content.read("scenarios", f"{scenario}.yaml"), content.read("systems", f"{system}.yaml"), *_folder("prices")])


@cache
def _player(name: str) -> str:
    """Of the code that a player acts by: its module, and all that this has from its own package."""
    from grader.players.library import PLAYERS

    texts: dict[str, str] = {}
    _acts_by(PLAYERS[name].play.__module__, texts)
    return _of_texts([texts[module] for module in sorted(texts)])


def _acts_by(module: str, texts: dict[str, str]) -> None:
    """Add the text of `module`, and of each module of its package that it has something from."""
    if module in texts:
        return
    package, _, name = module.rpartition(".")
    texts[module] = (files(package) / f"{name}.py").read_text()
    for node in ast.walk(ast.parse(texts[module])):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(f"{package}."):
            _acts_by(str(node.module), texts)


def _sources(package: str) -> Iterator[tuple[str, Path]]:
    for name, file in _files(package):
        if package != "grader" or not name.startswith(_NO_PART):
            yield f"{package}/{name}", file


def _files(package: str) -> list[tuple[str, Path]]:
    root = Path(str(files(package)))
    return [(file.relative_to(root).as_posix(), file) for file in sorted(root.rglob("*.py"))]


def _folder(folder: str) -> list[str]:
    return [content.read(folder, name) for name in content.names(folder)]


def _of_texts(texts: list[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:_DIGITS]
