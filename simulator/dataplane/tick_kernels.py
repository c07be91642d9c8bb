"""Loops that share spans of time out over ticks of equal length, counted from 0. On the data plane's ticks all sums are exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.kernels import Floats, Kernel


@Kernel
def add_spans(begin: Floats, end: Floats, from_s: float, until_s: float, tick_s: float, ticks: Floats) -> None:
    """Add to each tick the seconds of every span [begin, end) that fall in it, within [from_s, until_s)."""
    for i in range(begin.size):
        start, stop = max(begin[i], from_s), min(end[i], until_s)
        if start >= stop:
            continue
        k = int(start / tick_s)
        edge = (k + 1) * tick_s
        while stop > edge:
            ticks[k] += edge - start
            start = edge
            k += 1
            edge = (k + 1) * tick_s
        ticks[k] += stop - start


@Kernel
def add_work(arrive: Floats, wait: Floats, work: Floats, left: NDArray[np.bool_], most: int, from_s: float, until_s: float, tick_s: float, ticks: Floats) -> None:
    """Add to each tick the seconds in it that replicas work, within [from_s, until_s), on the clock of `arrive` moved by `from_s`.

    Args:
        arrive, wait, work: per request, when it comes, how long it waits, and how long its replica then works.
        left: those for whom nothing is done.
        most: requests in one batch; those of a batch follow each other, and its work counts once.
    """
    last_start, last_work, size = -1.0, -1.0, 0
    k, edge = 0, tick_s
    for i in range(arrive.size):
        if left[i]:
            continue
        start = arrive[i] + wait[i]
        if most > 1:
            if start == last_start and work[i] == last_work and size < most:
                size += 1
                continue
            last_start, last_work, size = start, work[i], 1
        start += from_s
        stop = min(start + work[i], until_s)
        start = max(start, from_s)
        if start >= stop:
            continue
        # Requests start about in order: the tick of the last one is near, and cheaper to go on from than to divide.
        while start >= edge:
            k += 1
            edge = (k + 1) * tick_s
        while start < edge - tick_s:
            k -= 1
            edge = (k + 1) * tick_s
        while stop > edge:
            ticks[k] += edge - start
            start = edge
            k += 1
            edge = (k + 1) * tick_s
        ticks[k] += stop - start


@Kernel
def add_requests(arrive: Floats, leave: Floats, queue_s: Floats, from_s: float, until_s: float, tick_s: float, present: Floats, arrived: Floats, waiting: Floats) -> None:
    """Add requests at a station within [from_s, until_s): their seconds there, their arrivals, and those that wait as each tick ends.

    Args:
        arrive, leave: when each request comes to the station and leaves it.
        queue_s: how long it waits there.
        present, arrived, waiting: per tick.
    """
    for i in range(arrive.size):
        start, stop = max(arrive[i], from_s), min(leave[i], until_s)
        if from_s <= arrive[i] < until_s:
            arrived[int(arrive[i] / tick_s)] += 1.0
        if start >= stop:
            continue
        k = int(start / tick_s)
        edge = (k + 1) * tick_s
        served = min(arrive[i] + queue_s[i], until_s)
        while edge <= served:
            waiting[k] += 1.0
            k += 1
            edge = (k + 1) * tick_s
        k = int(start / tick_s)
        edge = (k + 1) * tick_s
        while stop > edge:
            present[k] += edge - start
            start = edge
            k += 1
            edge = (k + 1) * tick_s
        present[k] += stop - start


@Kernel
def largest_share(part: Floats, whole: Floats, last: int) -> float:
    """The largest part / whole in the ticks before `last`, over those with a whole above 0; 0 where there is none."""
    largest = 0.0
    for k in range(last):
        if part[k] > largest * whole[k] and whole[k] > 0.0:
            largest = part[k] / whole[k]
    return largest
