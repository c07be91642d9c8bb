"""Moves on the serving path: replicas, restarts, waiting times, and the transform that it runs."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.errors import Refused
from simulator.observation import Observation, facts, rounded_facts
from simulator.operations.changes import WHO, arrow, change
from simulator.operations.targets import known_service, known_transform
from simulator.world import World

_SERVICE = Param("service", "text", "the service", required=True, positional=True, names="service")
_TIMEOUT = {"fetch": "serving.fetch_timeout_ms", "request": "serving.request_timeout_ms"}


@move(
    "serving scale",
    group="serving",
    takes="3m",
    params=(_SERVICE, Param("replicas", "integer", "how many replicas run", required=True, positional=True)),
    covers=("sys.serving", "sys.autoscaling"),
)
def scale(world: World, args: Args) -> Observation:
    """Run a service on another number of replicas. Each replica is paid by the hour."""
    service, replicas = args["service"], args["replicas"]
    spec, lever = known_service(world, service), f"serving.replicas/{service}"
    running = round(world.levers[lever].number_at(world.now_s)) or spec.replicas
    if not 1 <= replicas <= world.levers.declared(lever).high:
        raise Refused(f"{service} runs on 1 to {world.levers.declared(lever).high:g} replicas, not {replicas}")
    if replicas == running:
        raise Refused(f"{service} runs on {running} replicas already")
    world.pull(lever, float(replicas), WHO, f"scaled to {replicas}")
    return Observation("serving scale", text=(f"Replicas of {service}: {arrow(running, replicas)}.",), facts={f"replicas.{service}": float(replicas)})


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
