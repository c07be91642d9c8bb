"""What there is: `hotseat operations`, `faults`, `rubric` and `competencies`, each from the declaration that the program itself uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from console.cli.edge import FELL_SHORT, Json, print_json, print_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.observation import Cell


def operations(as_json: bool = Json) -> None:
    """List what can be typed in a drill: looks, moves and words of reasoning."""
    from scenarios.words import registry
    from simulator.durations import format_duration

    commands = list(registry().values())
    if as_json:
        print_json({"commands": [command.listing() for command in commands]})
        return
    for kind, title in (("look", "Looks"), ("move", "Moves"), ("word", "Words")):
        print_text(f"{title}\n{_table(('command', 'takes', 'what'), [(c.usage(), format_duration(c.takes_s), c.help) for c in commands if c.kind == kind])}\n")


def faults(as_json: bool = Json) -> None:
    """List what can go wrong: each mechanism with its place in the taxonomy and where it was documented."""
    from scenarios.faults.library import FAULTS

    if as_json:
        listed = [
            {
                "id": f.id,
                "group": f.group,
                "component": f.component,
                "mechanism": f.mechanism,
                "source": f.source,
                "systems": list(f.systems),
                "help": f.help,
                "params": [{"name": p.name, "help": p.help, "choices": list(p.choices), "low": p.low, "high": p.high} for p in f.params],
                "covers": list(f.covers),
            }
            for f in FAULTS.values()
        ]
        print_json({"faults": listed})
        return
    print_text(_table(("fault", "group", "component", "mechanism", "documented in"), [(f.id, f.group, f.component, f.mechanism, f.source) for f in FAULTS.values()]))


def rubric(as_json: bool = Json) -> None:
    """List what is scored, by stage and dimension: rules, points by role and level, and what each of the five levels looks like."""
    from grader.rubric_listing import rules_listed, stages_listed

    rules, listed = rules_listed(), stages_listed()
    if as_json:
        print_json({"rules": rules, "stages": [stage.to_json() for stage in listed]})
        return
    for stage in listed:
        print_text(f"Stage {stage.name}: points of each dimension\n{_table(('for', *stage.points['by default'], 'to pass'), stage.rows())}\n")
        for dimension, texts in stage.anchors.items():
            own = [(r["id"], r["competency"], r["flag"], stage.effects[r["id"]]) for r in rules if r["stage"] == stage.name and r["dimension"] == dimension]
            print_text(f"{stage.name}, {dimension}\n{_table(('rule', 'competency', 'flag', 'effect'), own)}\n{_levels(texts)}\n")
        for dimension, texts in stage.control.items():
            print_text(f"{stage.name}, {dimension} where nothing was wrong\n{_levels(texts)}\n")


def _levels(texts: Sequence[str]) -> str:
    return _table(("level", "what was seen"), list(enumerate(texts, start=1)))


def competencies(as_json: bool = Json) -> None:
    """List each competency with what covers it; exit status 1 where one is not covered."""
    from grader.competencies import coverage

    found = coverage()
    if as_json:
        print_json(found)
    else:
        rows = [(c["id"], ", ".join(c["needs"]), "ok" if c["ok"] else "missing", _counts(c["covered"])) for c in found["competencies"]]
        print_text(_table(("competency", "needed as", "state", "covered by"), rows))
    if not all(c["ok"] for c in found["competencies"]):
        raise typer.Exit(FELL_SHORT)


def _counts(covered: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(f"{form} {len(by)}" for form, by in covered.items() if by)


def _table(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    from console.plain.style import stdout_style
    from console.plain.tables import table_text
    from simulator.observation import Column

    return table_text([Column(name) for name in heads], rows, stdout_style())
