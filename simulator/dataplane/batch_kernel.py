"""The loop of dynamic batching: plain Python over arrays, compiled on first call, and callable uncompiled as `.python`.

It steps from batch to batch. `batching` is the typed door to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.kernels import Floats, Kernel


@Kernel
def batches(
    arrive: Floats,
    item: Floats,
    deadline: Floats,
    stride: int,
    base_s: float,
    enough: int,
    most: int,
    delay_s: float,
    until_s: float,
    free: Floats,
    wait: Floats,
    took: Floats,
    left: NDArray[np.bool_],
) -> tuple[int, float]:
    """Take every batch whose time comes before `until_s` from one queue before all replicas.

    Where several things happen at one time, requests arrive first, then batches are taken, then callers give up.

    Args:
        arrive, item: per request, when it arrives and the work that it adds to its batch, seconds; `arrive` ascending.
        deadline: when a caller gives up, per request (`stride` 1), or one for all (`stride` 0), seconds; not before `arrive`.
        base_s: work of a batch, whatever is in it.
        enough: requests at which an idle replica waits for no more, 1 to `most`.
        most: requests in a batch at the most.
        delay_s: how long the oldest waiting request lets an idle replica wait for more.
        free: per replica, when it is free, ascending; moved on in place and stays so.
        wait, took, left: written for every request before the returned one; `took` is the time that its batch took, 0 where the caller gave up.
            `left` comes in as False and is written where that changes.

    Returns:
        The first request whose fate is open: from there on, those with a deadline before `until_s` give up and the others wait. And the work taken, seconds.
    """
    n, last = arrive.size, free.size - 1
    head, busy = 0, 0.0
    past = -np.inf
    # When the next replica is free. In a variable of its own: read back from `free`, each batch takes up to a third longer.
    now = free[0]
    while now < until_s:
        # Gone are those whose deadline was before, or before `past`, up to where it waited for more.
        least = max(now, past)
        while head < n:
            soonest = deadline[head * stride]
            if soonest >= least:
                break
            wait[head] = soonest - arrive[head]
            took[head] = 0.0
            left[head] = True
            head += 1
        if head == n:
            break
        take = max(now, arrive[head] + delay_s)
        work = base_s + item[head]
        count, j = 1, head + 1
        horizon = min(take, soonest)
        while j < n and count < enough and arrive[j] <= horizon:
            limit = deadline[j * stride]
            if limit >= least:
                work += item[j]
                count += 1
                horizon = min(horizon, limit)
            else:
                wait[j] = limit - arrive[j]
                took[j] = 0.0
                left[j] = True
            j += 1
        if count == enough:
            take = max(now, arrive[j - 1])
            # Who has come by then comes along. Nobody of them gives up before: all have been waiting at `least`.
            while j < n and count < most and arrive[j] <= take:
                limit = deadline[j * stride]
                if limit >= least:
                    work += item[j]
                    count += 1
                else:
                    wait[j] = limit - arrive[j]
                    took[j] = 0.0
                    left[j] = True
                j += 1
        elif horizon < take:
            # Somebody gives up before the batch is taken.
            if horizon >= until_s:
                break
            past = np.nextafter(horizon, np.inf)
            continue
        if take >= until_s:
            break
        if count == j - head:
            for i in range(head, j):
                wait[i] = take - arrive[i]
                took[i] = work
        else:
            for i in range(head, j):
                if not left[i]:
                    wait[i] = take - arrive[i]
                    took[i] = work
        busy += work
        head = j
        # The replica's end sinks to its place, as in the shared queue.
        end = take + work
        for k in range(last):
            other = free[k + 1]
            free[k] = end if end < other else other
            end = other if end < other else end
        free[last] = end
        now = free[0] if last > 0 else end
    return head, busy
