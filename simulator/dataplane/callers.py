"""Callers who try again: how often, after what pause, and within what budget.

A caller that got no answer (timed out, turned away, or lost with a replica) makes its next try after a pause that doubles
with every try and is spread by 20 % to both sides, as gRPC does. The spread comes from marks that the request already
has, so that trying again draws nothing. A try keeps the work of its request; its routes are new, its deadline too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.dataplane.kernels import Floats

SPREAD = 0.2
"""Largest part of a pause by which it is longer or shorter."""
BUDGET_S = 60.0
"""Tries count against the budget for so long; those of Finagle's retry budget do for 10 s."""
MOST_ATTEMPTS = 20
ROUTE_FACTOR, PAUSE_FACTOR, SHIFT = 999_983.0, 777_767.0, 0.6180339887498949
"""The route mark of the next try is the fraction of mark x ROUTE_FACTOR + SHIFT. Its pause is spread by the fraction of fetch route x PAUSE_FACTOR + SHIFT."""


@dataclass(frozen=True, slots=True)
class Callers:
    """What a caller does that gets no answer."""

    attempts: int = 1
    """Tries that it makes, the first included."""
    backoff_s: float = 0.2
    """Mean pause before the second try; before try k it is 2^(k - 2) times as long."""
    budget: float = 0.0
    """Tries again for each first try of the last minute that callers may make, all of them together; 0 for any number.

    A failed try that finds none left is its caller's last. Tries of a time without a budget do not count, so that one that is
    set in the middle of a storm begins with nothing.
    """

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= MOST_ATTEMPTS or not self.backoff_s >= 0 or not self.budget >= 0:
            raise ValueError(f"callers make 1 to {MOST_ATTEMPTS} tries; their pause and their budget are not negative")

    @property
    def counted(self) -> bool:
        """Whether tries are held against a budget."""
        return self.attempts > 1 and self.budget > 0


NO_RETRIES = Callers()


def next_route(mark: Floats) -> Floats:
    """Uniform route marks of the next try, from those of the last, each in [0, 1)."""
    product = mark * ROUTE_FACTOR + SHIFT
    return np.asarray(product - np.floor(product))


def tries_of(kept: bytes) -> tuple[Floats, Floats]:
    """Times of first tries and of granted further ones, ascending, from `Passing.tries`."""
    at_s, again = np.frombuffer(kept).reshape(2, -1)
    return at_s[again == 0.0], at_s[again == 1.0]


def tries_kept(first_s: Floats, granted_s: Floats, until_s: float) -> bytes:
    """The tries that count for longer than `until_s`, as `Passing.tries` on a clock that starts there."""
    first, granted = (at[np.searchsorted(at, until_s - BUDGET_S, side="right") :] - until_s for at in (first_s, granted_s))
    at_s, again = np.concatenate((first, granted)), np.repeat((0.0, 1.0), (first.size, granted.size))
    order = np.argsort(at_s, kind="stable")
    return np.stack((at_s[order], again[order])).tobytes()
