"""Typed lines as a sentence of the debrief quotes them."""

from __future__ import annotations

from collections.abc import Sequence

from grader.plain import plain
from grader.rules.trace import Trace, listed

MOST_LINES = 4
LONGEST_WHY = 120
"""Characters of an error that a sentence quotes."""


def typed(lines: Sequence[str]) -> str:
    """Lines as a sentence quotes them, the first few of many."""
    shown = [f"`{line}`" for line in dict.fromkeys(lines)]
    return listed([*shown[: MOST_LINES - 1], f"{len(shown) - MOST_LINES + 1} more"] if len(shown) > MOST_LINES else shown)


def not_done(t: Trace, word: str) -> str:
    """The last line that began with a word and was not carried out, as a sentence after another; empty where there is none."""
    tried = [s for s in t.steps if s.error and (s.line.split() or [""])[0] == word]
    if not tried:
        return ""
    why = plain(tried[-1].error).rstrip(".")
    # A long one lists everything that would have been understood; it stands in full beside the step.
    return f" Step {tried[-1].step} was to do it and was not carried out{f': {why}' if len(why) <= LONGEST_WHY else ''}."
