"""Seeds as typed: `7`, `1..20`, `1,4,9`."""

from __future__ import annotations

import re

from simulator.errors import UsageError

MOST = 10_000


def seeds_in(text: str) -> tuple[int, ...]:
    """The seeds that `text` names, each once, in the order typed; `A..B` includes both ends.

    Raises:
        UsageError: `text` names no seeds, or more than 10,000.
    """
    seeds: dict[int, None] = {}
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d{1,12})(?:\.\.(\d{1,12}))?\s*", part, re.ASCII)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
        if last < first:
            raise UsageError(f"{text!r} names no seeds; write 7, 1..20 or 1,4,9")
        if last - first >= MOST or len(seeds) > MOST:
            raise UsageError(f"{text!r} names more than {MOST:,} seeds")
        seeds.update(dict.fromkeys(range(first, last + 1)))
    return tuple(seeds)
