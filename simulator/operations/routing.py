"""The move on routing: how requests find a replica of a service."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.dataplane.queues import ROUTINGS
from simulator.dataplane.settings import routing_in_force
from simulator.errors import Refused
from simulator.observation import Observation, facts
from simulator.operations.changes import WHO, arrow
from simulator.operations.targets import known_service
from simulator.world import World


@move(
    "serving routing",
    group="serving",
    takes="5m",
    params=(
        Param("service", "text", "the service", required=True, positional=True, names="service"),
        Param("routing", "text", "how a request finds its replica", required=True, positional=True, choices=ROUTINGS),
    ),
    blast="wide",
    covers=("sys.serving", "stat.percentiles"),
)
def route(world: World, args: Args) -> Observation:
    """Choose how requests find a replica of a service: any (random), each in its turn (round-robin), one queue before all (shared),
    the replica with the fewest requests (shortest), the better of two looked at (two-choices), or always the same one for a caller (hashed).
    Who waits stays where it is.
    """
    service, routing = args["service"], args["routing"]
    spec, lever = known_service(world, service), f"serving.routing/{service}"
    if world.levers[f"serving.batch_max/{service}"].number_at(world.now_s) > 1:
        raise Refused(f"{service} scores in batches, which have one queue; serving batching {service} --max 0 ends that")
    running = routing_in_force(spec, world.levers[lever].text_at(world.now_s))
    if routing == running:
        raise Refused(f"{service} routes by {running} already")
    world.pull(lever, routing, WHO, f"routed by {routing}")
    return Observation("serving routing", text=(f"Routing of {service}: {arrow(running, routing)}.",), facts=facts(service=service, routing=routing))
