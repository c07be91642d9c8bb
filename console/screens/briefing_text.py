"""The briefing of a drill as sections: what happened, who wants what, what time costs, how it is graded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from console.host.messages import Seated
from console.host.shown import Briefing, CommandCard, Person
from console.untrusted import untrusted, untrusted_line
from console.widgets.plain_text import content, joined, state_content
from simulator.calendar import clock
from simulator.durations import format_duration

GRADING = (
    "A look counts as evidence if it would have shown something else under another cause; cite it when you declare one.",
    "A move counts by the harm that it saves: the incident is played again without it.",
    "A guess does not pass, however right: the grade asks for the steps that show it.",
)

BEGINNING = (
    (("help", "lists the commands;"), ("help causes", "what can be declared as the cause")),
    (("f1", "shows all keys;"), ("f10", "this page again")),
    (("quit", "leaves; the session stays open"),),
)
"""Words to type and keys, with what they do."""


class Section(NamedTuple):
    title: str
    text: Content


def situation(seated: Seated) -> list[Section]:
    """What happened and what is asked."""
    briefing = seated.briefing
    sections = [Section("Page", joined(state_content("firing", ""), content(briefing.page, "bold $text-error")))]
    if seated.closed:
        sections.append(Section("So far", content("You resolved it; only its grade is missing.")))
    elif seated.blocks:
        sections.append(Section("So far", content(f"{len(seated.blocks)} steps taken. It is {clock(seated.snapshot.now_s)} in the incident.")))
    sections.append(Section("What happened", content("\n\n".join(paragraphs(briefing.text)))))
    return [section for section in (*sections, *_around(briefing)) if section.text]


def rules(seated: Seated) -> list[Section]:
    """What time costs, how it is graded, and the words to begin with."""
    state = seated.snapshot.clock
    thinking = "Thinking and typing take none."
    if state.live:
        thinking = f"The clock is live: {state.speed:g} seconds of the incident each second, also while you think; it can be paused."
    time = (
        _costs(seated.commands),
        thinking,
        "Each hour of harm costs the company real money, counted from the page on.",
        "The command line says what a command costs before you enter it.",
    )
    return [
        Section("What time costs", _listed([line for line in time if line])),
        Section("How it is graded", _listed(GRADING)),
        Section("To begin with", Content("\n").join([_words(line) for line in BEGINNING])),
    ]


def paragraphs(text: str) -> list[str]:
    """An author's text: lines that follow each other are one paragraph, whatever width they were written for."""
    return [" ".join(part.split()) for part in untrusted(text).split("\n\n") if part.strip()]


def _around(briefing: Briefing) -> list[Section]:
    return [
        Section("What is known", _listed([" ".join(text.split()) for text in briefing.context])),
        Section("Who waits to hear from you", Content("\n").join([_person(person) for person in briefing.people])),
        Section("What must hold again", _listed(briefing.objectives)),
    ]


def _person(person: Person) -> Content:
    often = f", every {format_duration(person.every_s)}" if person.every_s else ""
    wants = f" wants {untrusted_line(person.asks_for)}{often}" if person.asks_for else " listens"
    return joined("· ", (untrusted_line(person.role), "bold"), wants)


def _costs(commands: Sequence[CommandCard]) -> str:
    """The span of what looks and moves take, from the commands that there are."""
    spans = []
    for kind, name in (("look", "a look"), ("move", "a move")):
        takes = [card.takes_s for card in commands if card.kind == kind]
        if takes:
            least, most = format_duration(min(takes)), format_duration(max(takes))
            spans.append(f"{name} takes {least if least == most else f'{least} to {most}'}")
    return f"{' and '.join(spans).capitalize()} of the incident." if spans else ""


def _words(pairs: Sequence[tuple[str, str]]) -> Content:
    return Content(" ").join([joined((word, "bold"), f" {about}") for word, about in pairs])


def _listed(lines: Sequence[str]) -> Content:
    return content("\n".join(f"· {untrusted_line(line)}" for line in lines))
