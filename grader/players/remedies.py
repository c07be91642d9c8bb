"""What an experienced engineer does about each mechanism: moves with the place filled in, how long until they show, and the guard for next time.

The table knows faults, not scenarios: the same line serves wherever the fault is found, and guards have their customary bounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from grader.variants import Variant
from scenarios.faults.library import complete
from scenarios.faults.unit_change import FACTORS
from simulator.dataplane.stations import FEATURE_SERVER
from simulator.durations import HOUR_S


@dataclass(frozen=True, slots=True)
class Remedy:
    moves: tuple[str, ...]
    """Lines as typed, waits between them included; {name} is a parameter of the fault's place."""
    wait: str
    """How long until a look can show that it worked."""
    guards: tuple[str, ...]


REMEDIES: dict[str, Remedy] = {
    "materialise-empty-source": Remedy(
        ("pipelines repoint {view}", "pipelines backfill materialise --view {view}"), "2h", ("action-item data-age --on {view}", "action-item rows-in-source --on {view}")
    ),
    "dry-load": Remedy(
        ("pipelines dry-run {view} off", "pipelines backfill materialise --view {view}"), "2h", ("action-item data-age --on {view}", "action-item rows-in-source --on {view}")
    ),
    "unit-change": Remedy(("sources convert {field} --channel {channel} --factor {factor}",), "2h", ("action-item unit-contract --on {column}",)),
    "concept-drift": Remedy(
        ("train start --window 14d --label-age 7d", "wait 90m", "registry promote latest", "threshold set 0.05", "train frame --window 14d --label-age 7d"),
        "2d",
        ("action-item missed-fraud",),
    ),
    "leaking-frame": Remedy(("train frame --join point-in-time", "registry rollback --before {hours}h"), "2h", ("action-item gate-lead",)),
    "label-join-loss": Remedy(("labels map-keys on", "labels rejoin", "train start --promote on"), "3h", ("action-item label-join",)),
    "slow-online-store": Remedy(("serving scale feature-server 4", "serving timeout --fetch 1500"), "1h", ("action-item default-fill",)),
    "batching-delay": Remedy(("serving batching model-server --max 0",), "40m", ("action-item latency-change", "action-item timeouts")),
    "store-contention": Remedy(("serving scale feature-server 4",), "1h", ("action-item latency-change", "action-item latency")),
    "retry-storm": Remedy(("callers retries --attempts 1",), "30m", ("action-item retry-budget", "action-item unserved")),
    "larger-model": Remedy(("registry rollback", "train size standard"), "40m", ("action-item timeouts",)),
    "spot-reclaims": Remedy(("train checkpoints --every 5m", "node pool train-spot --market on-demand"), "2h", ("action-item training-age",)),
    "training-quota": Remedy(("node pool train-spot --max 4",), "2h", ("action-item training-age",)),
    "forgotten-pause": Remedy(("pipelines resume train", "pipelines trigger train"), "2h", ("action-item training-age",)),
    "cold-start-flapping": Remedy(
        ("autoscaler set model-server --kind hpa --signal gpu --target 0.75 --min 3 --window 5m",), "40m", ("action-item replica-changes", "action-item timeouts")
    ),
    "wrong-scaling-signal": Remedy(("autoscaler set model-server --signal gpu --target 0.75 --min 3 --max 8",), "40m", ("action-item timeouts",)),
    "right-sized-to-mean": Remedy(("autoscaler set {service} --min {least} --max 8",), "30m", ("action-item timeouts",)),
    "gpu-overpacking": Remedy(("serving packing model-server --per-gpu 2",), "40m", ("action-item pending-replicas", "action-item timeouts")),
    "quota-taken": Remedy(("train stop", "train pool train-spot"), "40m", ("action-item pending-replicas", "action-item timeouts")),
}
"""By fault."""
LEAST = {FEATURE_SERVER: 2}
"""Replicas that a service needs at the least; 3 for others."""


def remedy_for(places: Iterable[Variant], now_s: float) -> Remedy:
    """The remedy for what is left of one candidate, at each of its places; empty where nothing is wrong."""
    moves: list[str] = []
    guards: list[str] = []
    wait = "1h"
    for place in places:
        if place.draws[0]:
            remedy, known = REMEDIES[place.candidate], _known(place, now_s)
            moves += [line.format(**known) for line in remedy.moves]
            guards += [line.format(**known) for line in remedy.guards]
            wait = remedy.wait
    return Remedy(tuple(dict.fromkeys(moves)), wait, tuple(dict.fromkeys(guards)))


def _known(place: Variant, now_s: float) -> dict[str, str]:
    """What the place of a candidate says: its worded parameters, and what follows from them and from when it can have begun."""
    drawn = [faults[0] for faults in place.draws]
    words = {name: value for name, value in complete(drawn[0]).items() if isinstance(value, str)}
    known = {**words, "hours": str(ceil((now_s - min(d.at_s for d in drawn)) / HOUR_S) + 2)}
    if "field" in words:
        known |= {"factor": f"{1 / FACTORS[words['field']]:.6g}", "column": words["field"].partition(".")[2]}
    if "service" in words:
        known["least"] = str(LEAST.get(words["service"], 3))
    return known
