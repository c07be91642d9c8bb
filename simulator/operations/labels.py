"""Moves on the label pipeline: how arriving chargebacks find their payments."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.observation import Observation, facts
from simulator.operations.changes import WHO, arrow, change
from simulator.world import World


@move(
    "labels map-keys",
    group="labels",
    takes="15m",
    params=(Param("state", "text", "on or off", required=True, positional=True, choices=("on", "off")),),
    covers=("life.feedback", "sys.data-pipeline"),
)
def map_keys(world: World, args: Args) -> Observation:
    """Translate the chargeback feed's payment ids before the daily join. Counts for joins from now on; `labels rejoin` repeats those of the past."""
    mapped = args["state"] == "on"
    before = change(world, {"labels.key_mapping": mapped}, f"key mapping {args['state']}", already=f"key mapping is {args['state']} already")
    return Observation("labels map-keys", text=(f"Key mapping: {arrow(before['labels.key_mapping'], mapped)}.",), facts=facts(key_mapping=args["state"]))


@move("labels rejoin", group="labels", takes="20m", covers=("life.feedback", "sys.data-pipeline"))
def rejoin(world: World, args: Args) -> Observation:
    """Join all chargebacks that have arrived so far to their payments again, in the way the join works now. Labels that are there stay."""
    world.pull("labels.rejoin", "all", WHO, "all chargebacks joined again")
    return Observation("labels rejoin", text=("All chargebacks that arrived so far are joined again.",), facts=facts(rejoined="all"))
