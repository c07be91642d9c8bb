"""Moves on data that other teams send: correct it on our side, or ask them to put it right on theirs."""

from __future__ import annotations

from simulator.calendar import clock
from simulator.commands import Args, Param, move
from simulator.durations import HOUR_S, MINUTE_S
from simulator.nature.population import CHANNELS
from simulator.observation import Observation, facts
from simulator.operations.changes import arrow, change
from simulator.operations.targets import STREAMED_FIELDS, known_field, owner_of
from simulator.streams import stream
from simulator.timeline import Edit
from simulator.world import World

FIX_AFTER_S = (6 * HOUR_S, 9 * HOUR_S)
"""Earliest and latest time from a ticket to the corrected data."""


@move(
    "sources convert",
    group="sources",
    takes="20m",
    params=(
        Param("field", "text", f"the streamed field: {' or '.join(STREAMED_FIELDS)}", required=True, positional=True, names="field"),
        Param("factor", "number", "what the serving path multiplies the field by; 1 takes the correction away", required=True),
        Param("channel", "text", "only payments of this channel; all of them when left out", choices=CHANNELS),
    ),
    blast="wide",
    covers=("sys.data-pipeline", "life.data-collection"),
)
def convert(world: World, args: Args) -> Observation:
    """Multiply a streamed field by a factor in the serving path, before features are made of it.
    It replaces the factor that was set before and stays until it is changed.
    """
    field, factor = known_field(args["field"]), args["factor"]
    channels = (args["channel"],) if args["channel"] else CHANNELS
    wanted = {f"transform.convert/{field}.{channel}": factor for channel in channels}
    before = change(world, wanted, f"multiply {field} by {factor:g}", already=f"{field} is multiplied by {factor:g} already in {', '.join(channels)}")
    text = tuple(f"Factor on {lever.partition('/')[2]}: {arrow(before[lever], factor)}." for lever in wanted)
    return Observation("sources convert", text=text, facts={f"convert.{field}.{channel}": factor for channel in channels})


@move(
    "sources request-fix",
    group="sources",
    takes="5m",
    params=(Param("source", "text", "the source whose owner is asked", required=True, positional=True, names="source"),),
    covers=("life.data-collection", "mat.collaboration"),
)
def request_fix(world: World, args: Args) -> Observation:
    """Open a ticket with the team that owns a source: bring every field back to the unit that its schema documents.
    They look at it in their own time, and change what is wrong on their side.
    """
    source = args["source"]
    owner = owner_of(world, source)
    earliest_s, latest_s = FIX_AFTER_S
    # Drawn and answered alike whether something is wrong or not: at once the team knows no more than the asker.
    done_s = world.now_s + float(stream(world.seed, "owner.fix", int(world.now_s // MINUTE_S)).uniform(earliest_s, latest_s))
    for lever in _unit_levers(source):
        if world.levers[lever].number_at(world.now_s) != 1.0:
            world.levers.add(Edit(done_s, lever, 1.0, owner.name, "unit restored as documented"))
    text = (f"Ticket taken by {owner.name}: they will look at {source} and report.", f"They expect to have looked by {clock(world.now_s + latest_s)}.")
    return Observation("sources request-fix", text=text, facts=facts(owner=owner.name, looked_within_s=latest_s))


def _unit_levers(source: str) -> list[str]:
    return [f"source.unit_factor/{field}.{channel}" for field in STREAMED_FIELDS if field.partition(".")[0] == source for channel in CHANNELS]
