"""What a drift look compares: evenly thinned values of served features and of the score, now and in the reference."""

from __future__ import annotations

from simulator.commands import Args, Param
from simulator.dataplane.features import FEATURES
from simulator.durations import DAY_S
from simulator.instruments.served import Span, served, trailing
from simulator.nature.population import Floats
from simulator.telemetry.drift_job import REFERENCE_ROWS, reference_span
from simulator.world import World

COLUMNS = (*FEATURES, "score")
AGAINST = Param("against", "text", "what to compare with", "reference", choices=("reference", "last-week"))
WINDOW = Param("window", "duration", "current span", DAY_S)
MOST_CURRENT = 6_000


def compared_spans(world: World, args: Args) -> tuple[Span, Span]:
    """(current, compared with): the trailing window, and the drift job's reference or the same window a week before."""
    current = trailing(world, args, "window")
    if args.get("against") == "last-week":
        return current, current.week_before()
    return current, Span(*reference_span(world, world.now_s))


def thinned(values: Floats, most: int) -> Floats:
    """Every k-th value, so that about `most` are left, and never less than that of more."""
    return values[:: max(1, len(values) // most)]


def reference_values(world: World, name: str, span: Span, most: int = REFERENCE_ROWS) -> Floats:
    return thinned(served(world, name, span), most)


def current_values(world: World, name: str, span: Span) -> Floats:
    return thinned(served(world, name, span), MOST_CURRENT)
