"""`hotseat scenarios first-page`: for authors, how each candidate presents and what the first looks leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from console.cli import complete
from console.cli.edge import Json, print_json, print_text, say

if TYPE_CHECKING:
    from scenarios.scenario import Scenario


def show_first_page(
    name: str = typer.Argument(..., metavar="NAME", help="A packaged scenario's name, or a file that ends in .yaml.", autocompletion=complete.scenarios),
    seeds: str = typer.Option("1", "--seeds", metavar="A..B", help="Which seeds, both ends included."),
    as_json: bool = Json,
) -> None:
    """For authors: the size at which each candidate presents, its dose, and what the first looks leave open. It gives the answer away."""
    from console.cli.ranges import seeds_in
    from scenarios.library import find_scenario
    from scenarios.vocabulary import packaged_vocabulary

    which = seeds_in(seeds)
    scenario = find_scenario(name, packaged_vocabulary())
    found = []
    for seed in which:
        say(f"{scenario.name}, seed {seed}")
        found.append(_document(scenario, seed))
    if as_json:
        print_json({"name": scenario.name, "seeds": found})
        return
    for document in found:
        _print(document)


def _document(scenario: Scenario, seed: int) -> dict[str, Any]:
    from grader.first_page import left_open, presences
    from grader.variants import true_candidate
    from scenarios.incident import incident
    from simulator.observation import significant

    made = incident(scenario, seed)
    return {
        "seed": seed,
        "alert": made.page_rule.name,
        "threshold": made.page_rule.threshold,
        "cause": true_candidate(made),
        "candidates": [
            {
                "candidate": p.candidate,
                "place": p.place,
                "sizes": [significant(size, 4) for size in p.sizes],
                "dose": p.dose,
                "doses": [significant(dose, 4) for dose in p.doses],
                "searched": p.searched,
                "alike": p.alike,
            }
            for p in presences(made)
        ],
        "left_open": {look: list(names) for look, names in left_open(made).items()},
    }


def _print(document: dict[str, Any]) -> None:
    from console.plain.style import stdout_style
    from console.plain.tables import table_text
    from simulator.observation import Column

    style = stdout_style()
    print_text(style.paint(f"seed {document['seed']}: {document['alert']}, threshold {document['threshold']:g}; the cause is {document['cause']}", "bold"))
    rows = [
        (
            entry["place"],
            " ".join(f"{size:g}" for size in entry["sizes"]),
            "" if not entry["dose"] else f"{entry['dose']} {' '.join(f'{dose:g}' for dose in entry['doses'])}{'' if entry['searched'] else ', as written'}",
            "yes" if entry["alike"] else "no",
        )
        for entry in document["candidates"]
    ]
    print_text(table_text((Column("candidate"), Column("size of the page"), Column("dose"), Column("alike")), rows, style))
    looks = [(look, len(names), ", ".join(names)) for look, names in document["left_open"].items()]
    print_text(table_text((Column("look"), Column("leaves"), Column("open")), looks, style))
