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
        Param("prefer", "integer", "size at which a batch is sent before the delay is over; 0 for none"),
    ),
    blast="wide",
    covers=("sys.serving", "stat.percentiles"),
)
def batching(world: World, args: Args) -> Observation:
    """Set dynamic batching of a service: a free replica takes all that wait, up to a largest number, once so many wait or the first has waited the delay.
    Part of the work is done once for the whole batch. With a preferred size a batch leaves as soon as it has that many. Give at least one of the three.
    """
    service, most, delay, prefer = args["service"], args["max"], args["delay"], args["prefer"]
    known_service(world, service)
    if service != MODEL_SERVER:
        raise Refused(f"{service} has no batching; {MODEL_SERVER} has")
    wanted: dict[str, float] = {}
    if most is not None:
        wanted["serving.batch_max"] = float(most)
    if delay is not None:
        wanted["serving.batch_delay_ms"] = delay
    if prefer is not None:
        wanted["serving.batch_prefer"] = float(prefer)
    if not wanted:
        raise Refused("nothing to change; give --max, --delay or --prefer")
    in_force = {lever: world.levers[f"{lever}/{service}"].number_at(world.now_s) for lever in ("serving.batch_max", "serving.batch_prefer")} | wanted
    if prefer and prefer > in_force["serving.batch_max"]:
        raise Refused(f"a batch of {service} holds {in_force['serving.batch_max']:g} at the most, so it cannot be sent at {prefer}")
    before = change(world, {f"{lever}/{service}": value for lever, value in wanted.items()}, "batching set", already=f"{service} batches that way already")
    text = tuple(f"{_SHOWN[lever]} of {service}: {arrow(before[f'{lever}/{service}'], value)}{_UNIT[lever]}." for lever, value in wanted.items())
    return Observation("serving batching", text=text, facts=rounded_facts({lever.removeprefix("serving."): value for lever, value in wanted.items()}))


_SHOWN = {"serving.batch_max": "Largest batch", "serving.batch_delay_ms": "Delay of a batch", "serving.batch_prefer": "Preferred size of a batch"}
_UNIT = {"serving.batch_max": "", "serving.batch_delay_ms": " ms", "serving.batch_prefer": ""}
