"""What people say while a drill runs: the page, the hand-off, and messages that the world causes.

A pure function of the drawn scenario and of what the company can see, so a replay hears the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.incident import Incident
from simulator.durations import HOUR_S, MINUTE_S, parse_duration
from simulator.telemetry.signals import read_signal
from simulator.world import World

HURT_RATIO = 1.35
"""Missed fraud or declines against the week before from which support hears of it."""


@dataclass(frozen=True, slots=True)
class Message:
    at_s: float
    sender: str
    text: str


def opening(incident: Incident) -> list[Message]:
    """What has been said when the drill begins."""
    drawn, rule = incident.drawn, incident.page_rule
    what = "is firing" if incident.paged else "was reported"
    said = [Message(incident.start_s, "pager", f"{rule.name} {what}: {rule.summary}")]
    for text in (drawn.handoff_true, drawn.handoff_misleading):
        if text:
            said.append(Message(incident.start_s, "on-call before you", text))
    # Which of the two remarks comes first says nothing about which one holds.
    if len(said) == 3 and drawn.seed % 2:
        said[1], said[2] = said[2], said[1]
    return said


def between(incident: Incident, world: World, since_s: float, until_s: float, updated_s: float | None) -> list[Message]:
    """Messages in (since, until], oldest first; `updated_s` is when the stakeholders last heard, None if never."""
    said: list[Message] = []
    for role, person in incident.drawn.people.items():
        every = person.get("every")
        if every and person.get("asks_for"):
            period = parse_duration(str(every))
            for k in range(1, int((until_s - incident.start_s) // period) + 1):
                at = incident.start_s + k * period
                if since_s < at <= until_s and (updated_s is None or at - updated_s > period):
                    said.append(Message(at, role.replace("-", " "), f"What is the {person['asks_for']}? I have had no word for {int(period // MINUTE_S)} minutes."))
    said.extend(_support(incident, world, since_s, until_s))
    return sorted(said, key=lambda m: m.at_s)


def _support(incident: Incident, world: World, since_s: float, until_s: float) -> list[Message]:
    """Every four hours support says what customers complain about, if it is more than a week before."""
    period = 4 * HOUR_S
    times = [incident.start_s + k * period for k in range(1, int((until_s - incident.start_s) // period) + 1)]
    due = [t for t in times if since_s < t <= min(until_s, world.settled_s)]
    if not due:
        return []
    world.settle()
    said = []
    for at in due[-3:]:
        pair = np.array([at - 7 * 24 * HOUR_S, at])
        missed = read_signal(world, "missed_fraud_per_10k", pair)
        declined = read_signal(world, "decline_ratio", pair)
        if missed[1] > HURT_RATIO * missed[0]:
            said.append(Message(at, "support", f"Cardholders dispute more payments than usual: about {missed[1] / missed[0]:.1f} times last week's."))
        if declined[1] > HURT_RATIO * declined[0]:
            said.append(Message(at, "support", f"Customers complain that good payments are declined: about {declined[1] / declined[0]:.1f} times last week's share."))
    return said
