"""The move on the decision rule that turns a score into a declined payment."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.observation import Observation, facts
from simulator.operations.changes import arrow, change
from simulator.world import World


@move(
    "threshold set",
    group="decision",
    takes="5m",
    params=(Param("value", "number", "score from which a payment is declined, 0.01 to 0.99", required=True, positional=True),),
    blast="wide",
    covers=("life.deployment",),
)
def threshold_set(world: World, args: Args) -> Observation:
    """Set the score from which a payment is declined."""
    value = args["value"]
    before = change(world, {"decision.threshold": value}, "threshold set", already=f"the threshold is {value:g} already")
    return Observation("threshold set", text=(f"Threshold: {arrow(before['decision.threshold'], value)}.",), facts=facts(threshold=value))
