"""How far a long piece of work is: its stages in order, each with its part of the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Progress = Callable[[str, float], None]
"""Told what is being done and the share of the whole that is done, 0 to 1."""


def untold(text: str, share: float) -> None:
    """For whoever shows no progress."""


class Stages:
    def __init__(self, tell: Progress, worlds: Mapping[str, float]) -> None:
        """`worlds` has each stage by name, in order, and what it costs: in worlds to build, or any other unit that is the same for all."""
        self._tell, self._worlds = tell, worlds

    def begin(self, stage: str) -> Callable[[float], None]:
        """Say that a stage begins; what is returned is to be told its own share, 0 to 1, as it goes on."""
        names, costs = list(self._worlds), list(self._worlds.values())
        whole = sum(costs) or 1.0
        since, cost = sum(costs[: names.index(stage)]), self._worlds[stage]

        def told(share: float) -> None:
            self._tell(stage, min((since + cost * share) / whole, 1.0))

        told(0.0)
        return told
