"""Moves on the serving path: replicas, restarts, waiting times, and the transform that it runs."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.errors import Refused
from simulator.observation import Observation, facts, rounded_facts
from simulator.operations.changes import WHO, arrow, change
from simulator.operations.targets import known_service, known_transform
from simulator.world import World

_SERVICE = Param("service", "text", "the service", required=True, positional=True, names="service")
_HANDED_BACK = "The autoscaler goes on from the replicas that there are, at its next look."
_TIMEOUT = {"fetch": "serving.fetch_timeout_ms", "request": "serving.request_timeout_ms"}


@move(
    "serving scale",
    group="serving",
    takes="3m",
    params=(
        _SERVICE,
        Param("replicas", "integer", "how many replicas run, whatever the load", positional=True),
        Param("auto", "switch", "give the number back to the autoscaler", False),
    ),
    covers=("sys.serving", "sys.autoscaling"),
)
def scale(world: World, args: Args) -> Observation:
    """Pin the number of replicas of a service, or give it back to its autoscaler with --auto. Each replica is paid by the hour.
    A new one answers once it has a place on a node, its image and its model; a pinned service is not scaled by its autoscaler.
    """
    service, replicas, auto = args["service"], args["replicas"], args["auto"]
    known_service(world, service)
    lever = f"serving.replicas/{service}"
    most, pinned = world.levers.declared(lever).high, round(world.levers[lever].number_at(world.now_s))
    if auto == (replicas is not None):
        raise Refused("give either a number of replicas or --auto")
    if replicas is not None and not 1 <= replicas <= most:
        raise Refused(f"{service} runs on 1 to {most:g} replicas, not {replicas}")
    wanted = 0 if auto else replicas
    if wanted == pinned:
        raise Refused(f"{service} is pinned to {pinned} replicas already" if pinned else f"{service} is left to its autoscaler already")
    world.pull(lever, float(wanted), WHO, f"pinned to {wanted}" if wanted else "left to the autoscaler")
    said = f"Replicas of {service}: {arrow(_pinned(pinned), _pinned(wanted))}."
    after = (
        "New replicas take their start-up time: a node if none has room, then the image, then the model. The autoscaler leaves a pinned service alone." if wanted else _HANDED_BACK
    )
    return Observation("serving scale", text=(said, after), facts={f"replicas.{service}": float(wanted)} if wanted else {f"replicas.{service}": "auto"})


@move("serving restart", group="serving", takes="3m", params=(_SERVICE,), covers=("sys.serving",))
def restart(world: World, args: Args) -> Observation:
    """Restart the replicas of a service one after the other. While it lasts one replica is missing."""
    service = args["service"]
    spec = known_service(world, service)
    world.pull(f"serving.restart/{service}", "rolling", WHO, "rolling restart")
    return Observation("serving restart", text=(f"Rolling restart of {service} started; each replica takes {spec.restart_s:g} s.",), facts=facts(service=service))


@move(
    "serving timeout",
    group="serving",
    takes="5m",
    params=(
        Param("fetch", "number", "longest wait for features before the model scores on defaults", unit="ms"),
        Param("request", "number", "longest wait of a caller for an answer", unit="ms"),
    ),
    blast="wide",
    covers=("sys.serving", "stat.percentiles"),
)
def timeout(world: World, args: Args) -> Observation:
    """Set how long the serving path waits for features, and a caller for an answer. Give at least one."""
    standard = {"fetch": world.spec.service.fetch_timeout_ms, "request": world.spec.service.request_timeout_ms}
    given = {name: args[name] for name in _TIMEOUT if args[name] is not None}
    if not given:
        raise Refused("nothing to change; give --fetch or --request, in ms")
    for name, value in given.items():
        if not value >= 1.0:
            raise Refused(f"{name} timeout is at least 1 ms, not {value:g}")
    running = {name: world.levers[_TIMEOUT[name]].number_at(world.now_s) or standard[name] for name in given}
    already = "the timeouts are " + " and ".join(f"{name} {value:g} ms" for name, value in given.items()) + " already"
    if running == given:
        raise Refused(already)
    change(world, {_TIMEOUT[name]: value for name, value in given.items()}, "timeout set", already=already)
    text = tuple(f"{name.capitalize()} timeout: {arrow(running[name], value)} ms." for name, value in given.items())
    return Observation("serving timeout", text=text, facts=rounded_facts({f"{name}_timeout_ms": value for name, value in given.items()}))


@move(
    "serving transform",
    group="serving",
    takes="15m",
    params=(Param("version", "text", "the transform version", required=True, positional=True, names="transform"),),
    blast="wide",
    covers=("sys.serving", "sys.versioning"),
)
def serving_transform(world: World, args: Args) -> Observation:
    """Choose the version of the feature transform that the serving path runs, whatever the champion was trained with."""
    version = known_transform(args["version"])
    before = change(world, {"transform.serving": version}, f"serve with {version}", already=f"serving runs {version} already")
    return Observation("serving transform", text=(f"Transform in serving: {arrow(before['transform.serving'], version)}.",), facts={"transform.serving": version})


@move(
    "serving shed",
    group="serving",
    takes="5m",
    params=(_SERVICE, Param("queue", "integer", "requests that may wait per replica before more are turned away; 0 for no limit", required=True)),
    blast="wide",
    covers=("sys.serving", "stat.percentiles"),
)
def shed(world: World, args: Args) -> Observation:
    """Limit how many requests may wait for a service. One that finds the queue full is turned away at once: by the model server its caller is,
    who may try again; by the feature server only the fetch is, and the score is made on default features.
    """
    service, queue = args["service"], args["queue"]
    known_service(world, service)
    lever = f"serving.queue_limit/{service}"
    before = change(world, {lever: float(queue)}, "queue limit set", already=f"{service} lets {_waiting(queue)} already")
    running = round(float(before[lever] or 0.0))
    return Observation("serving shed", text=(f"{service} let {_waiting(running)}, and now lets {_waiting(queue)}.",), facts={f"queue_limit.{service}": float(queue)})


def _pinned(replicas: int) -> str:
    return f"{replicas} pinned" if replicas else "by the autoscaler"


def _waiting(queue: int) -> str:
    return f"{queue} requests wait per replica" if queue else "any number of requests wait"
