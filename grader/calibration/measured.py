"""What the packaged calibration says of a scenario, for the catalogue. It loads no numeric library: the list of scenarios is quick."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import content
from grader.calibration.versions import scenario_digest

FOLDER = "calibration"
Measured = dict[str, Any]
"""How many drills of skilled players were played and passed, the share with its interval, difficulty and discrimination where they could be fitted."""
_SHOWN = ("passed", "played", "share", "interval", "difficulty", "discrimination")


def measured_of(scenario: str, system: str) -> Measured | None:
    """The entry of a packaged scenario, with `current`: whether it was measured on the scenario as it is now. None where it was not measured."""
    entry = _packaged(system).get(scenario)
    if entry is None:
        return None
    return {name: entry[name] for name in _SHOWN if name in entry} | {"current": entry["digest"] == scenario_digest(scenario, system)}


@lru_cache(maxsize=4)
def _packaged(system: str) -> dict[str, Any]:
    import yaml

    name = f"{system}.yaml"
    if name not in content.names(FOLDER):
        return {}
    found: dict[str, Any] = yaml.safe_load(content.read(FOLDER, name))["scenarios"]
    return found
