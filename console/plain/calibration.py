"""A calibration as tables: what each player got in each scenario, then each bound with its value, how sure it is, and its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from console.plain.observations import paragraph
from console.plain.style import Style
from console.plain.tables import table_text
from simulator.observation import Column

_SCORES = ("scenario", "player", "drills", "mean", "lowest", "highest", "passed")
_BOUNDS = ("property", "value", "target", "held", "95 % interval", "worst", "state")


def calibration_text(found: Mapping[str, Any], style: Style) -> str:
    """What `grader.calibrate.calibrate` found."""
    bounds = found["properties"]
    methods = list(dict.fromkeys(p["method"] for p in bounds if p.get("method")))
    parts = [
        table_text([Column(name) for name in _SCORES], _scores(found["runs"]), style),
        table_text([Column(name) for name in _BOUNDS], [_bound(p) for p in bounds], style),
        *(paragraph(f"Intervals: {method}.", style) for method in methods),
        *(paragraph(f"Missed: {p['name']}: {'; '.join(p['missed'])}.", style) for p in bounds if p.get("missed")),
    ]
    return "\n\n".join(parts[:2]) + "".join(f"\n{line}" for line in parts[2:])


def _scores(runs: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """One row for each player in each scenario, in the order of the runs."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for run in runs:
        groups.setdefault((run["scenario"], run["player"]), []).append(run)
    rows = []
    for (scenario, player), own in groups.items():
        scores = [float(r["score"]) for r in own]
        passed = sum(bool(r["passed"]) for r in own)
        rows.append((scenario, player, len(own), round(fsum(scores) / len(scores), 1), round(min(scores), 1), round(max(scores), 1), f"{passed} of {len(own)}"))
    return rows


def _bound(bound: Mapping[str, Any]) -> tuple[Any, ...]:
    interval = bound.get("interval")
    return (
        bound["name"],
        bound["value"],
        str(bound["target"]),
        f"{bound['held']} of {bound['cells']}" if "held" in bound else "",
        f"{interval[0]:.3g} to {interval[1]:.3g}" if interval else "",
        bound.get("worst", ""),
        "ok" if bound["ok"] else "violated",
    )


def measured_text(measured: Mapping[str, Any]) -> str:
    """What reference players showed about a scenario, in one sentence."""
    text = f"{measured['passed']} of {measured['played']} drills of simulated engineers passed"
    for name in ("difficulty", "discrimination"):
        if name in measured:
            one = measured[name]
            text += f", {name} {one['value']:g} ({one['low']:g} to {one['high']:g})"
    return text if measured["current"] else f"{text}; the scenario has changed since"
