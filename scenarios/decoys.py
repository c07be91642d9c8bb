"""Benign changes by id: things that happen all the time in production, placed where attention goes."""

from __future__ import annotations

from scenarios.benign import capacity, customers, serving, sources, training
from scenarios.benign.change import BenignChange
from scenarios.draw import DrawnDecoy
from scenarios.forms import Scalar
from simulator.timeline import Edit

BENIGN: dict[str, BenignChange] = {change.id: change for module in (customers, sources, training, serving, capacity) for change in module.CHANGES}
PARAMS: dict[str, tuple[str, ...]] = {change.id: tuple(p.name for p in change.params) for change in BENIGN.values()}


def edits_of(drawn: DrawnDecoy) -> list[Edit]:
    """The edits of one benign change; parameters left out take the middle of their range or the first word."""
    change = BENIGN[drawn.id]
    params: dict[str, Scalar] = {p.name: drawn.params.get(p.name, p.choices[0] if p.choices else (p.low + p.high) / 2) for p in change.params}
    return change.edits(drawn.at_s, params)
