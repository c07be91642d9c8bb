"""All fault mechanisms by id, and how a parameter that a scenario leaves open is chosen."""

from __future__ import annotations

from numpy.random import Generator

from scenarios.draw import DrawnFault
from scenarios.faults import concept_drift, default_fill, label_loss, leaking_frame, stale_store, unit_change
from scenarios.faults.fault import Fault
from scenarios.forms import Scalar
from simulator.timeline import Edit

FAULTS: dict[str, Fault] = {
    module.FAULT.id: module.FAULT for module in (stale_store, unit_change, concept_drift, leaking_frame, label_loss, default_fill)
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
