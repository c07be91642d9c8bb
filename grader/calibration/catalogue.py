"""What a calibration measured about each scenario, as the text of content/calibration/<system>.yaml.

The file holds one calibration: of which seeds, players and versions. Dates stay out, so that the same runs give the same file.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.calibration.intervals import share_interval
from grader.calibration.measured import Measured
from grader.calibration.rasch import METHOD, Estimate, fit, skilled_players
from grader.calibration.results import versions_apart
from grader.calibration.runs import Run
from simulator.errors import UsageError


def calibration_file(system: str, runs: Sequence[Run]) -> str:
    """The text of a system's file.

    Raises:
        UsageError: no player with a skill of their own played it, or the runs are of several versions.
    """
    import yaml

    own = [r for r in runs if r["system"] == system]
    players = skilled_players(own)
    if not players:
        raise UsageError(f"no player with a skill of their own played {system}: without one nothing is known of difficulty")
    apart = versions_apart(own)
    if apart:
        raise UsageError(f"these runs differ in {', '.join(apart)}; difficulty is measured with one version of all")
    document = {
        "format_version": 1,
        "system": system,
        "seeds": sorted({r["seed"] for r in own}),
        "players": list(players),
        "versions": {name: digest for name, digest in own[0]["versions"].items() if name not in ("scenario", "player")},
        "method": METHOD,
        "scenarios": measured(own),
    }
    head = (
        "# How hard each scenario is and how well it tells skills apart, from reference players with a skill of their own.\n"
        "# Made by `hotseat calibrate --write`; docs/validity.md says how to read it.\n"
    )
    return head + yaml.safe_dump(document, sort_keys=False, default_flow_style=None, width=160, allow_unicode=True)


def measured(runs: Sequence[Run]) -> dict[str, Measured]:
    """What the runs of one system say of each of its scenarios."""
    players = skilled_players(runs)
    fitted = fit(runs)
    found: dict[str, Measured] = {}
    for scenario in sorted({r["scenario"] for r in runs if r["player"] in players}):
        own = [r for r in runs if r["scenario"] == scenario and r["player"] in players]
        passed = sum(r["passed"] for r in own)
        found[scenario] = {
            "digest": own[0]["versions"]["scenario"],
            "passed": passed,
            "played": len(own),
            "share": round(passed / len(own), 4),
            "interval": [round(end, 4) for end in share_interval(passed, len(own))],
        }
        if fitted is not None:
            found[scenario] |= {"difficulty": _numbers(fitted.difficulty[scenario]), "discrimination": _numbers(fitted.discrimination[scenario])}
    return found


def _numbers(estimate: Estimate) -> dict[str, float]:
    return {"value": round(estimate.value, 2), "low": round(estimate.low, 2), "high": round(estimate.high, 2)}
