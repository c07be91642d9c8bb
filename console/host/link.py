"""The screen's end of the line to a host: ask, and be told what happens by itself.

A screen knows only `Link`. The app talks to a child process through it; tests may put a host in its place that runs in a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from console.host.messages import AnyEvent, Request

Told: TypeAlias = "Callable[[AnyEvent], None]"


class Link(Protocol):
    """One host. Requests are done in the order in which they are asked."""

    async def ask(self, request: Request, told: Told = lambda event: None) -> AnyEvent:
        """The event that answers `request`; `told` hears of each Progressed before it.

        Raises:
            HostFailed: the host could not do it, and says why.
            HostDied: the host ended before it answered. The next `ask` starts another one.
        """
        ...

    def listen(self, told: Told) -> None:
        """From now on `told` hears of what happens by itself: Moved when a live clock ticks, Failed when the host ended while nobody waited."""
        ...

    async def close(self) -> None:
        """End the host. No process is left when this returns."""
        ...


class HostFailed(Exception):
    """The host could not do what was asked; the text is one line for the person."""


class HostDied(Exception):
    """The host's process ended; the text says how, in one line."""
