"""Python's search for garbage in cycles, made seldom while a grade is found.

A grade keeps some million small objects, edits and runs of dozens of worlds, and makes hundreds a millisecond. At the usual thresholds every few
hundred of them start another search through what is there to stay: a tenth of the time. Made seldom it finds as much, and no more memory is held.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (20_000, 20, 50)
"""New containers until the youngest are searched, and such searches until the next generation is."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """The thresholds of before are back at the end."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
