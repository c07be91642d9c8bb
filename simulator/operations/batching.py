"""The move on dynamic batching: how many requests the model server scores at once, and how long it waits for them."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.dataplane.stations import MODEL_SERVER
from simulator.errors import Refused
from simulator.observation import Observation, rounded_facts
from simulator.operations.changes import arrow, change
from simulator.operations.targets import known_service
from simulator.world import World


@move(
    "serving batching",
    group="serving",
    takes="5m",
    params=(
        Param("service", "text", "the service", required=True, positional=True, names="service"),
        Param("max", "integer", "requests in a batch at the most; 0 scores one at a time"),
        Param("delay", "number", "longest that a request waits for others to fill its batch", unit="ms"),
    ),
    blast="wide",
    covers=("sys.serving", "stat.percentiles"),
)
def batching(world: World, args: Args) -> Observation:
    """Set dynamic batching of a service: a free replica takes all that wait, up to a largest number, once so many wait or the first has waited the delay.
    Part of the work is done once for the whole batch. Give at least one of the two.
    """
    service, most, delay = args["service"], args["max"], args["delay"]
    known_service(world, service)
    if service != MODEL_SERVER:
        raise Refused(f"{service} has no batching; {MODEL_SERVER} has")
    wanted: dict[str, float] = {}
    if most is not None:
        wanted["serving.batch_max"] = float(most)
    if delay is not None:
        wanted["serving.batch_delay_ms"] = delay
    if not wanted:
        raise Refused("nothing to change; give --max or --delay")
    before = change(world, {f"{lever}/{service}": value for lever, value in wanted.items()}, "batching set", already=f"{service} batches that way already")
    text = tuple(f"{_SHOWN[lever]} of {service}: {arrow(before[f'{lever}/{service}'], value)}{_UNIT[lever]}." for lever, value in wanted.items())
    return Observation("serving batching", text=text, facts=rounded_facts({lever.removeprefix("serving."): value for lever, value in wanted.items()}))


_SHOWN = {"serving.batch_max": "Largest batch", "serving.batch_delay_ms": "Delay of a batch"}
_UNIT = {"serving.batch_max": "", "serving.batch_delay_ms": " ms"}
