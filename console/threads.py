"""One thread for BLAS and OpenMP, set before NumPy is first imported.

These libraries read the variables once, when they load, so the entry point imports this module first.
The arrays here are small: more threads only get in each other's way, and sums would change with their number.
"""

from __future__ import annotations

import os

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

for _name in THREAD_VARIABLES:
    os.environ.setdefault(_name, "1")
