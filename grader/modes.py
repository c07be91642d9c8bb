"""The mode of a session: under what eyes it was played, and what a scorecard of that mode proves.

The mode is what the head of the session says. This program begins practice sessions and no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.errors import ContentError

PRACTICE = "practice"
MODES: Mapping[str, str] = {
    PRACTICE: "Played on a machine of the learner's with nobody watching: it proves that these steps earn this score, not who took them, nor with what help.",
    "witnessed": "A named person watched the whole drill: it proves that these steps earn this score, and, as far as that person is believed, who took them and without help.",
    "hosted": "Played on a machine that the learner does not control: it proves that these steps were taken there, once and at these times, not who sat at the keyboard.",
}
"""What each mode proves, in a sentence."""

INTERVIEW = "It was played as an interview: the program refused hints from the first step on."
"""What a scorecard says of an interview."""


def interview_in(header: Mapping[str, Any]) -> bool:
    """Whether a session's head says that it is an interview, in the way in which the drill reads it."""
    return bool(header.get("interview"))


def mode_in(header: Mapping[str, Any], file: str) -> str:
    """The mode that a session's head names; practice where it names none.

    Raises:
        ContentError: it names another than there are.
    """
    mode = header.get("mode", PRACTICE)
    if mode not in tuple(MODES):
        raise ContentError(file, f"one of {', '.join(MODES)} is wanted here", key="step 0 payload.mode")
    return str(mode)
