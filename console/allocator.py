"""Freed memory is kept for the next arrays, set before the first of them is made.

The C library of Linux hands larger pieces back to the system as soon as they are free, and pays a page fault for every 4 KB of the next
ones. Arrays of one window are made and freed thousands of times: kept, they take half the time, and no more memory at the peak.
Settings that somebody made in the environment are kept; another C library is left alone. Dask makes one for each of its workers, unasked:
with it a drill takes half as long again, so that one is nobody's.
"""

from __future__ import annotations

import ctypes
import os
import sys

ENVIRONMENT = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")
_OF_DASK = ("MALLOC_TRIM_THRESHOLD_", "65536")
KEPT_BYTES = 64 * 2**20
"""Free memory at the top of the heap that is not handed back."""
LARGEST_BYTES = 32 * 2**20
"""Larger pieces come from the system and go back to it, each by itself. It is the most that the library allows."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> bool:
    """True where it is so from now on."""
    if not sys.platform.startswith("linux") or any(name in os.environ and (name, os.environ[name]) != _OF_DASK for name in ENVIRONMENT):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    return bool(library.mallopt(_MMAP_THRESHOLD, LARGEST_BYTES)) and bool(library.mallopt(_TRIM_THRESHOLD, KEPT_BYTES))


keep_freed_memory()
