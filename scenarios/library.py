"""Finding scenarios: the packaged catalogue by name, and anybody's own file by its path."""

from __future__ import annotations

from pathlib import Path

import content
from scenarios.document import ContentErrors, near
from scenarios.names import Vocabulary
from scenarios.safe_yaml import MAX_BYTES
from scenarios.scenario import Scenario, parse_scenario
from simulator.errors import ContentError, UsageError

_FOLDER, _ENDING = "scenarios", ".yaml"


def scenario_names() -> tuple[str, ...]:
    """Names of the packaged scenarios, in order."""
    return tuple(name.removesuffix(_ENDING) for name in content.names(_FOLDER) if name.endswith(_ENDING))


def find_scenario(name: str, vocabulary: Vocabulary | None = None) -> Scenario:
    """The packaged scenario called `name`, or the one in the file that `name` leads to (it ends in .yaml or .yml).

    Raises:
        UsageError: there is no such scenario or file.
        ContentErrors: the file has mistakes.
    """
    if name.endswith((".yaml", ".yml")):
        return parse_scenario(_read(Path(name)), name, vocabulary)
    known = scenario_names()
    if name not in known:
        raise UsageError(f"there is no scenario {name!r}; {near(name, known)}")
    file = name + _ENDING
    scenario = parse_scenario(content.read(_FOLDER, file), f"{_FOLDER}/{file}", vocabulary)
    if scenario.name != name:
        raise ContentErrors([ContentError(f"{_FOLDER}/{file}", f"expected the file's own name; write name: {name}", line=1, key="name")])
    return scenario


def all_scenarios(vocabulary: Vocabulary | None = None) -> tuple[Scenario, ...]:
    """The packaged catalogue, in order of name.

    Raises:
        ContentErrors: every mistake of every file.
    """
    found: list[Scenario] = []
    mistakes: list[ContentError] = []
    for name in scenario_names():
        try:
            found.append(find_scenario(name, vocabulary))
        except ContentErrors as problem:
            mistakes.extend(problem.errors)
    if mistakes:
        raise ContentErrors(mistakes)
    return tuple(found)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {(problem.strerror or str(problem)).lower()}") from None
    try:
        # A file cut at the limit may end within a character; it is refused for its size, not for that.
        return data.decode("utf-8", "strict" if len(data) <= MAX_BYTES else "replace")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ContentErrors([ContentError(str(path), "the file is no UTF-8 text; save it as UTF-8", line=line)]) from None
