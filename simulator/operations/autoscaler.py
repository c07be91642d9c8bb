"""The move on autoscalers: what each follows, what it aims at, and within which bounds."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.durations import format_duration
from simulator.errors import Refused
from simulator.fleet.spec import KINDS, KPA_SIGNALS, SIGNALS, AutoscalerSpec
from simulator.observation import Observation, rounded_facts
from simulator.operations.changes import WHO
from simulator.operations.targets import fleet_with, known_service
from simulator.timeline import Value
from simulator.world import World

_SHARES = ("cpu", "gpu")


@move(
    "autoscaler set",
    group="capacity",
    takes="5m",
    params=(
        Param("service", "text", "the service", required=True, positional=True, names="service"),
        Param("kind", "text", "off, hpa (looks at the mean of a metric) or kpa (looks at requests, reacts to panic)", choices=KINDS),
        Param("signal", "text", "what it follows", choices=SIGNALS),
        Param("target", "number", "value per replica that it aims at: a share for cpu and gpu, requests under way for concurrency, requests per second for rate"),
        Param("min", "integer", "fewest replicas"),
        Param("max", "integer", "most replicas"),
        Param("window", "duration", "hpa: how long it waits before scaling down; kpa: the span that it averages over", unit="s"),
    ),
    blast="wide",
    covers=("sys.autoscaling", "sys.kubernetes"),
)
def autoscaler_set(world: World, args: Args) -> Observation:
    """Change how a service is scaled. A new signal without a target gets the usual target of that signal. Give at least one option.
    It says nothing about nodes: replicas beyond what the pool's quota can hold stay pending.
    """
    service = args["service"]
    known_service(world, service)
    given = {name: args[name] for name in ("kind", "signal", "target", "min", "max", "window") if args[name] is not None}
    if not given:
        raise Refused("nothing to change; give --kind, --signal, --target, --min, --max or --window")
    wanted: dict[str, Value] = {_LEVER[name]: value if isinstance(value, str) else float(value) for name, value in given.items()}
    if "signal" in given and "target" not in given:
        wanted["autoscaler.target"] = 0.0
    pulls = {f"{lever}/{service}": value for lever, value in wanted.items()}
    for lever, value in pulls.items():
        world.levers.declared(lever).check(value)
    before, after = (fleet_with(world, change).deployment(service) for change in ({}, pulls))
    _check(service, given, before.autoscaler, after.autoscaler)
    if before.autoscaler == after.autoscaler:
        raise Refused(f"the autoscaler of {service} is set that way already")
    for lever, value in pulls.items():
        if world.levers[lever].at(world.now_s) != value:
            world.pull(lever, value, WHO, "autoscaler set")
    text = [f"Autoscaler of {service}: {_said(before.autoscaler)} -> {_said(after.autoscaler)}."]
    if before.pinned:
        text.append(f"{service} is pinned to {before.pinned} replicas and is not scaled until serving scale {service} --auto.")
    values = {name.removeprefix("autoscaler."): getattr(after.autoscaler, name.removeprefix("autoscaler.")) for name in wanted}
    return Observation("autoscaler set", text=tuple(text), facts=rounded_facts(values))


def _check(service: str, given: Args, before: AutoscalerSpec, after: AutoscalerSpec) -> None:
    """Raises Refused where what is asked for makes no autoscaler; `after` is already made to fit, so the wish is read as it was given."""
    kind, signal = given.get("kind", before.kind), given.get("signal", before.signal)
    fewest, most = given.get("min", before.min), given.get("max", before.max)
    if kind == "kpa" and signal not in KPA_SIGNALS:
        raise Refused(f"a kpa counts requests; give --signal {' or '.join(KPA_SIGNALS)}, not {signal}")
    if given.get("target") is not None and not given["target"] > 0:
        raise Refused("the target is above 0")
    if signal in _SHARES and given.get("target", after.target) > 1:
        raise Refused(f"the target of {signal} is a share of one replica, from 0 to 1, not {given.get('target', after.target):g}; write 70% or 0.7")
    if "max" in given and most < 1:
        raise Refused(f"{service} may have at least 1 replica")
    if fewest < 0 or (fewest == 0 and kind != "kpa"):
        raise Refused(f"only a kpa scales to zero; give --min 1 or more, not {fewest}")
    if fewest > most:
        raise Refused(f"the fewest replicas, {fewest}, are more than the most, {most}")


def _said(found: AutoscalerSpec) -> str:
    if found.kind == "off":
        return f"off, {found.min} replicas"
    return f"{found.kind} on {found.signal} {found.target:g}, {found.min} to {found.max} replicas, window {format_duration(found.window_s)}"


_LEVER = {
    "kind": "autoscaler.kind",
    "signal": "autoscaler.signal",
    "target": "autoscaler.target",
    "min": "autoscaler.min",
    "max": "autoscaler.max",
    "window": "autoscaler.window_s",
}
