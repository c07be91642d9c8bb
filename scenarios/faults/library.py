"""All fault mechanisms by id, and how a parameter that a scenario leaves open is chosen."""

from __future__ import annotations

from numpy.random import Generator

from scenarios.draw import DrawnFault
from scenarios.faults import (
    batching_delay,
    concept_drift,
    default_fill,
    dry_load,
    forgotten_pause,
    gpu_packing,
    label_loss,
    larger_model,
    leaking_frame,
    quota_taken,
    replica_churn,
    retry_storm,
    right_sizing,
    scaling_signal,
    spot_reclaims,
    stale_store,
    store_contention,
    training_quota,
    unit_change,
)
from scenarios.faults.fault import Fault
from scenarios.forms import Scalar
from simulator.timeline import Edit

FAULTS: dict[str, Fault] = {
    module.FAULT.id: module.FAULT
    for module in (
        *(stale_store, dry_load, unit_change, concept_drift, leaking_frame, label_loss, default_fill),
        *(batching_delay, store_contention, retry_storm, larger_model),
        *(spot_reclaims, training_quota, forgotten_pause),
        *(replica_churn, scaling_signal, right_sizing, gpu_packing, quota_taken),
    )
}
NOTHING = ("none", "nothing-wrong")
"""Component and mechanism of the finding that nothing is wrong."""

PARAMS: dict[str, tuple[str, ...]] = {fault.id: tuple(p.name for p in fault.params) for fault in FAULTS.values()}


def choose(fault_id: str, param: str, generator: Generator) -> Scalar:
    """A value for a parameter that was left open, anywhere in its range."""
    return FAULTS[fault_id].param(param).choose(generator)


def edits_of(drawn: DrawnFault) -> list[Edit]:
    """The edits of one drawn fault; parameters that the scenario left out take the middle of their range or the first word."""
    return FAULTS[drawn.id].edits(drawn.at_s, complete(drawn))


def complete(drawn: DrawnFault) -> dict[str, Scalar]:
    """All parameters of a drawn fault."""
    fault = FAULTS[drawn.id]
    return {p.name: drawn.params.get(p.name, p.choices[0] if p.choices else (p.low + p.high) / 2) for p in fault.params}


def cause_of(drawn: DrawnFault) -> tuple[str, str]:
    """Component and mechanism of one drawn fault."""
    fault = FAULTS[drawn.id]
    return fault.place(complete(drawn)), fault.mechanism
