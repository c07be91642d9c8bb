"""The list of drills to choose from, each with how it went last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.script import piped_line
from console.plain.style import Style
from console.plain.tables import table_text
from simulator.observation import Column

if TYPE_CHECKING:
    from scenarios.scenario import Scenario
    from scenarios.sessions import SessionSummary


def menu_text(catalogue: tuple[Scenario, ...], stored: list[SessionSummary], style: Style) -> str:
    rows = [(str(k), s.title, f"{s.minutes} min", f"{s.difficulty} of 5", last_result(s.name, stored)) for k, s in enumerate(catalogue, start=1)]
    return table_text((Column(""), Column("drill"), Column("takes"), Column("difficulty"), Column("last time")), rows, style)


def last_result(name: str, stored: list[SessionSummary]) -> str:
    """Of the latest session of a scenario: its score, or that it is still open."""
    mine = [s for s in stored if s.scenario == name and s.state != "damaged"]
    if not mine:
        return "–"
    latest = mine[-1]
    return f"{latest.score:.0f} of 100" if latest.score is not None else f"not finished: --resume {latest.session}"


def chosen(catalogue: tuple[Scenario, ...]) -> str | None:
    """The name of the scenario that the person chooses by number or name; None where they leave."""
    names = [scenario.name for scenario in catalogue]
    while True:
        print("Which one? ", end="", flush=True)
        line = piped_line()
        if line is None:
            print()
            return None
        said = line.strip()
        if said.isdecimal() and 1 <= int(said) <= len(names):
            return names[int(said) - 1]
        if said in names:
            return said
        if said in ("q", "quit", "exit"):
            return None
        print(f"a number from 1 to {len(names)}, or q to leave")
