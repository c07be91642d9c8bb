"""The move on callers: the checkout team is asked to change how its services try again."""

from __future__ import annotations

from simulator.calendar import clock
from simulator.commands import Args, Param, move
from simulator.durations import MINUTE_S
from simulator.errors import Refused
from simulator.observation import Observation, rounded_facts
from simulator.operations.targets import owner_of
from simulator.timeline import Edit
from simulator.world import World

DONE_AFTER_S = 15 * MINUTE_S
"""From asking to the flag being set in every caller."""
_LEVER = {"attempts": "callers.attempts", "backoff": "callers.backoff_ms", "budget": "callers.budget"}


@move(
    "callers retries",
    group="callers",
    takes="15m",
    params=(
        Param("attempts", "integer", "tries before a caller gives up, the first included"),
        Param("backoff", "duration", "pause before the second try, doubled before each further one, such as 200ms", unit="s"),
        Param("budget", "number", "tries again per first try that callers may make, over a minute; 0 for any number"),
    ),
    blast="wide",
    covers=("sys.serving", "mat.collaboration"),
)
def retries(world: World, args: Args) -> Observation:
    """Ask the team that owns the callers to change how they try again. It sets its flag within 15 min. Give at least one of the three."""
    owner = owner_of(world, "callers")
    wanted: dict[str, float] = {}
    if args["attempts"] is not None:
        if args["attempts"] < 1:
            raise Refused("a caller makes at least 1 attempt")
        wanted["attempts"] = float(args["attempts"])
    if args["backoff"] is not None:
        wanted["backoff"] = args["backoff"] * 1000.0
    if args["budget"] is not None:
        wanted["budget"] = args["budget"]
    if not wanted:
        raise Refused("nothing to change; give --attempts, --backoff or --budget")
    for name, value in wanted.items():
        world.levers.declared(_LEVER[name]).check(value)
    if any(value < 0 for value in wanted.values()):
        raise Refused("backoff and budget are not below 0")
    done_s = world.now_s + DONE_AFTER_S
    asked = ", ".join(f"{name} {value:g}{' ms' if name == 'backoff' else ''}" for name, value in wanted.items())
    for name, value in wanted.items():
        world.levers.add(Edit(done_s, _LEVER[name], value, owner.name, f"set for you as asked: {asked}"))
    return Observation(
        "callers retries",
        text=(f"{owner.name} sets {asked} in its callers.", f"In force from {clock(done_s)}."),
        facts=rounded_facts({_LEVER[name].removeprefix("callers."): value for name, value in wanted.items()} | {"owner": owner.name}),
    )
