"""The phases of a drill as a table: what moves a drill from one to the next."""

from __future__ import annotations

from typing import Literal

Phase = Literal["briefing", "investigating", "mitigating", "verifying", "closed"]

TRANSITIONS: dict[Phase, dict[str, Phase]] = {
    "briefing": {"look": "investigating", "word": "investigating", "move": "mitigating", "resolve": "closed"},
    "investigating": {"move": "mitigating", "resolve": "closed"},
    "mitigating": {"look": "verifying", "resolve": "closed"},
    "verifying": {"move": "mitigating", "resolve": "closed"},
    "closed": {},
}
"""By phase and kind of the accepted command; anything not named leaves the phase as it is."""


def next_phase(phase: Phase, event: str) -> Phase:
    return TRANSITIONS[phase].get(event, phase)
