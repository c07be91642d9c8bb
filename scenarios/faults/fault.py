"""What a fault is: a mechanism with parameters, a place in the taxonomy, and the edits of levers that it consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from numpy.random import Generator

from scenarios.forms import Scalar
from simulator.observation import significant
from simulator.timeline import Edit

Params = Mapping[str, Scalar]
EditMaker = Callable[[float, Params], list[Edit]]
"""(onset in seconds, parameters) -> edits. Onset and parameters are all that a fault may depend on."""


@dataclass(frozen=True, slots=True)
class FaultParam:
    name: str
    help: str
    choices: tuple[str, ...] = ()
    """Words allowed; empty for a number."""
    low: float = 0.0
    high: float = 1.0
    """Range of a number. Where `dose` is set, the presenting symptom grows from low to high."""
    dose: bool = False
    limits: tuple[float, float] | None = None
    """Doses that make sense, where they are more than the range that is drawn from."""

    @property
    def reach(self) -> tuple[float, float]:
        """Least and largest dose that a candidate may be given so that it presents as a drill does."""
        return self.limits or (self.low, self.high)

    def choose(self, generator: Generator) -> Scalar:
        """A value anywhere in the parameter's range."""
        if self.choices:
            return self.choices[int(generator.integers(len(self.choices)))]
        return significant(self.low + (self.high - self.low) * float(generator.random()), 4)


@dataclass(frozen=True, slots=True)
class Fault:
    id: str
    group: str
    component: str
    """Place in the taxonomy, with {parameter} where the place depends on one."""
    mechanism: str
    help: str
    source: str
    """Where the fault was documented."""
    systems: tuple[str, ...]
    params: tuple[FaultParam, ...]
    edits: EditMaker
    onset: tuple[str, str]
    """How long before a page it usually begins, shortest and longest, as typed."""
    covers: tuple[str, ...] = ()

    def place(self, params: Params) -> str:
        return self.component.format(**{name: str(value) for name, value in params.items()})

    @property
    def dose(self) -> FaultParam | None:
        """The parameter that says how much of the fault there is, with which the presenting symptom grows."""
        return next((p for p in self.params if p.dose), None)

    def param(self, name: str) -> FaultParam:
        return next(p for p in self.params if p.name == name)
