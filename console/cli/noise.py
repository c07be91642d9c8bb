"""`hotseat noise`: what counts as a difference in each fact of each look, and how its noise was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from console.cli import complete
from console.cli.edge import Json, print_json, print_text
from simulator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def noise(
    words: list[str] = typer.Argument(None, metavar="[LOOK]", help="A look as typed, such as features age, or its first word; all when left out.", autocompletion=complete.looks),
    system: str = typer.Option("card-fraud", "--system", help="The system that was measured."),
    as_json: bool = Json,
) -> None:
    """List for each fact of a look how much it varies where nothing is wrong, what a person notices, and on what that rests."""
    from grader.noise_listing import HEADS, how_measured, looks_listed

    listed = looks_listed(_checked(system), _looks(" ".join(words)) if words else None)
    measured = how_measured(system)
    if as_json:
        print_json({"measured": measured, "looks": [{"look": one.look, "facts": [row.to_json() for row in one.facts]} for one in listed]})
        return
    from console.plain.observations import paragraph
    from console.plain.style import stdout_style
    from console.plain.tables import table_text
    from simulator.observation import Column

    style = stdout_style()
    print_text(paragraph(_told(measured), style, indent=""))
    for one in listed:
        facts = table_text([Column(name) for name in HEADS], [row.cells() for row in one.facts], style) if one.facts else paragraph(_UNMEASURED, style)
        print_text(f"\n{style.paint(one.look, 'bold')}\n{facts}")


_UNMEASURED = "Not measured: its facts depend on what is asked. A number differs by a tenth, a text by being another."


def _told(measured: Mapping[str, Any]) -> str:
    if not measured["worlds"]:
        return f"The noise of {measured['system']} was not measured."
    (first, last), (earliest, latest), seeds = measured["days"], measured["hours"], measured["seeds"]
    return (
        f"Noise is a standard deviation over {measured['worlds']} worlds of {measured['system']} in which nothing is wrong, seeds {seeds[0]} to {seeds[-1]}, each looked at once"
        f" on a working day (days {first} to {last}) between {_hour(earliest)} and {_hour(latest)}. A value differs when it lies further off than three times the noise"
        " and the noticeable difference: the larger of an absolute part and a share of the value."
    )


def _hour(hour: float) -> str:
    return f"{int(hour):02d}:{round(60 * (hour % 1)):02d}"


def _checked(system: str) -> str:
    import content

    known = [file.removesuffix(".yaml") for file in content.names("systems")]
    if system not in known:
        raise UsageError(f"there is no system {system!r}; there are {', '.join(known)}")
    return system


def _looks(typed: str) -> list[str]:
    """The look of that name, or all whose name begins with those words."""
    import difflib

    from scenarios.words import registry

    names = [command.name for command in registry().values() if command.kind == "look"]
    found = [typed] if typed in names else [name for name in names if name.startswith(f"{typed} ")]
    if not found:
        near = difflib.get_close_matches(typed, names, n=3, cutoff=0.5)
        raise UsageError(f"there is no look {typed!r}" + (f"; did you mean {', '.join(near)}?" if near else "; hotseat operations lists them"))
    return found
