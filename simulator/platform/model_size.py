"""Sizes of the model that training fits: what a larger one adds to the inputs, and what it costs to fit, to keep and to serve."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.timeline import Edit


@dataclass(frozen=True, slots=True)
class ModelSize:
    name: str
    knots: tuple[float, ...] = ()
    """Where the line of each standardised input may bend; a model without knots is linear."""
    fit_factor: float = 1.0
    """Work of a fit against the standard."""
    serving: tuple[tuple[str, float], ...] = ()
    """Levers of its versions that are not at their defaults: compute time on the model server, its spread, size in GB."""

    def edits(self, at_s: float, version: str, who: str) -> list[Edit]:
        """What registering `version` says of its artefact."""
        return [Edit(at_s, f"{lever}/{version}", value, who, f"{self.name} model registered") for lever, value in self.serving]


STANDARD = ModelSize("standard")
LARGE = ModelSize(
    "large",
    knots=(-1.0, 0.0, 1.0),
    fit_factor=3.0,
    serving=(("model.compute_factor", 1.7), ("model.compute_cv", 1.2), ("model.size_gb", 6.0)),
)
SIZES = {size.name: size for size in (STANDARD, LARGE)}
