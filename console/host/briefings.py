"""What a person is told before a drill begins, and the map of its system, as a screen shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.host.shown import Briefing, MapNode, MapRow, Person
from simulator.durations import parse_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios.drill import Drill
    from simulator.spec import SystemSpec


def briefing_of(drill: Drill) -> Briefing:
    drawn, scenario, spec = drill.incident.drawn, drill.incident.scenario, drill.incident.spec
    return Briefing(
        title=scenario.title,
        system=spec.title,
        minutes=scenario.minutes,
        page=drill.opening()[0].text,
        text="\n\n".join(paragraphs(drawn.briefing)),
        context=tuple(" ".join(text.split()) for text in drawn.context),
        people=tuple(_person(role, saying) for role, saying in drawn.people.items()),
        objectives=tuple(f"{name}: {spec.objectives[name].summary}" for name in drawn.objectives if name in spec.objectives),
    )


def paragraphs(text: str) -> list[str]:
    """An author's text: lines that follow each other are one paragraph, whatever width they were written for."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def map_of(spec: SystemSpec) -> tuple[MapRow, ...]:
    return tuple(MapRow(tuple(MapNode(part.id, part.label, part.monitors) for part in row)) for row in spec.map)


def _person(role: str, saying: Mapping[str, str | tuple[str, ...]]) -> Person:
    asks, every = saying.get("asks_for", ""), saying.get("every")
    return Person(role.replace("-", " "), asks if isinstance(asks, str) else ", ".join(asks), parse_duration(str(every)) if every else None)
