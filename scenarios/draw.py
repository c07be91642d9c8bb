"""Binding a scenario's ranges by a seed: the same scenario with two seeds is two incidents.

Each value has a stream of its own, named after what is drawn, so that adding a draw never shifts another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenarios.forms import Anything, Between, Fixed, Form, Kind, Name, OneOf, Scalar
from scenarios.placeholders import fill
from simulator.durations import format_duration, parse_duration
from simulator.errors import ContentError
from simulator.observation import significant
from simulator.streams import stream

if TYPE_CHECKING:
    from numpy.random import Generator

    from scenarios.scenario import People, Possible, Scenario

Chooser = Callable[[str, str, "Generator"], Scalar]
"""The fault library's choice for one parameter of one fault: (fault id, parameter, generator) -> value."""


@dataclass(frozen=True, slots=True)
class DrawnFault:
    id: str
    at_s: float
    params: Mapping[str, Scalar]
    """As drawn: durations in seconds, percentages as fractions of one. Parameters that nobody wrote are absent."""


@dataclass(frozen=True, slots=True)
class DrawnDecoy:
    id: str
    at_s: float
    params: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One incident: a scenario with everything bound that its seed binds, and its texts filled in."""

    scenario: Scenario
    seed: int
    page_s: float
    """Nominal time of the page, which times before the page are counted from."""
    bindings: Mapping[str, Scalar]
    faults: tuple[DrawnFault, ...]
    decoys: tuple[DrawnDecoy, ...]
    page_alert: str
    objectives: tuple[str, ...]
    briefing: str
    context: tuple[str, ...]
    handoff_true: str | None
    handoff_misleading: str | None
    people: People
    reference: tuple[str, ...]
    """Lines as typed."""
    mirror: tuple[str, ...]
    horizon_s: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """One cause of the differential, as a range: several incidents that it could have been."""

    name: str
    fault: str | None
    """None where the candidate is that nothing is wrong."""
    draws: tuple[DrawnFault, ...]
    """Empty where nothing is wrong: the world without faults is its only draw."""


def draw(scenario: Scenario, seed: int, *, nominal_page_s: float) -> Drawn:
    """The incident that `seed` makes of `scenario`, paged at about `nominal_page_s` from the start of its world.

    Raises:
        ContentError: a range reaches back beyond the start of the world.
    """
    root = f"draw.{scenario.name}"
    kinds: dict[str, Kind] = {}
    bindings: dict[str, Scalar] = {}
    for name, drawable in scenario.draw.items():
        bindings[name] = _Drawer(scenario.name, seed, nominal_page_s, {}).value(drawable, f"{root}.{name}", f"draw.{name}")
        kinds[name] = drawable.kind
    drawer = _Drawer(scenario.name, seed, nominal_page_s, bindings)
    faults: list[DrawnFault] = []
    for index, fault in enumerate(scenario.faults):
        what = f"{root}.fault.{_numbered(fault.fault, [f.id for f in faults])}"
        params = {key: drawer.value(form, f"{what}.{key}", f"faults.{index}.{key}") for key, form in fault.params.items()}
        faults.append(DrawnFault(fault.fault, drawer.moment(fault.at, f"{what}.at", f"faults.{index}.at"), params))
    decoys: list[DrawnDecoy] = []
    for index, decoy in enumerate(scenario.decoys):
        what = f"{root}.decoy.{_numbered(decoy.change, [d.id for d in decoys])}"
        params = {key: drawer.value(form, f"{what}.{key}", f"decoys.{index}.{key}") for key, form in decoy.params.items()}
        decoys.append(DrawnDecoy(decoy.change, drawer.moment(decoy.at, f"{what}.at", f"decoys.{index}.at"), params))
    said: dict[str, tuple[Scalar, Kind]] = {name: (value, kinds[name]) for name, value in bindings.items()}
    if faults:
        said["fault.at"] = (faults[0].at_s, "duration")
        for key, form in scenario.faults[0].params.items():
            kind = kinds[form.name] if isinstance(form, Name) else "text" if isinstance(form, Anything) else form.kind
            said[f"fault.{key}"] = (faults[0].params[key], kind)
    prose = {name: _printed(value, kind) for name, (value, kind) in said.items()}
    typed = {name: _typed(value, kind) for name, (value, kind) in said.items()}
    handoff = scenario.handoff
    return Drawn(
        scenario=scenario,
        seed=seed,
        page_s=nominal_page_s,
        bindings=bindings,
        faults=tuple(faults),
        decoys=tuple(decoys),
        page_alert=scenario.page.alert,
        objectives=scenario.objectives,
        briefing=fill(scenario.briefing, prose),
        context=tuple(fill(text, prose) for text in scenario.context),
        handoff_true=fill(handoff.true, prose) if handoff and handoff.true else None,
        handoff_misleading=fill(handoff.misleading, prose) if handoff and handoff.misleading else None,
        people={role: {key: _filled(text, prose) for key, text in person.items()} for role, person in scenario.people.items()},
        reference=tuple(fill(line, typed) for line in scenario.reference),
        mirror=tuple(fill(line, typed) for line in scenario.mirror),
        horizon_s=scenario.horizon_s,
    )


def draw_candidates(
    scenario: Scenario, drawn: Drawn, m: int = 5, *, nominal_page_s: float, chooser: Chooser, params: Mapping[str, Collection[str]] | None = None
) -> list[Candidate]:
    """The differential, each cause drawn `m` times from a stream of its own; the i-th draw is the same whatever `m` is.

    `$name` has the drill's own value. Parameters written `any`, and those in `params` (by fault id) that the
    entry leaves out, are chosen by `chooser`. A time left out is drawn anew from the range of the first fault.
    """
    drawer = _Drawer(scenario.name, drawn.seed, nominal_page_s, drawn.bindings)
    candidates = []
    for index, entry in enumerate(scenario.differential):
        if entry.fault is None:
            candidates.append(Candidate(entry.name, None, ()))
            continue
        takes = sorted((params or {}).get(entry.fault, ()))
        draws = tuple(_candidate_draw(scenario, entry, drawer, takes, chooser, block, f"differential.{index}") for block in range(m))
        candidates.append(Candidate(entry.name, entry.fault, draws))
    return candidates


def _candidate_draw(scenario: Scenario, entry: Possible, drawer: _Drawer, takes: list[str], chooser: Chooser, block: int, place: str) -> DrawnFault:
    assert entry.fault is not None
    what = f"draw.{scenario.name}.candidate.{entry.fault}"
    params: dict[str, Scalar] = {}
    for key in (*entry.params, *(key for key in takes if key not in entry.params)):
        form = entry.params.get(key, Anything())
        if isinstance(form, Anything):
            params[key] = chooser(entry.fault, key, stream(drawer.seed, f"{what}.{key}", block))
        else:
            params[key] = drawer.value(form, f"{what}.{key}", f"{place}.{key}", block)
    moment = entry.at
    if moment is None:
        if not scenario.faults:
            raise ContentError(scenario.name, "a scenario without faults has no onset to borrow; add at: {between: [6h, 24h], before: page}", key=f"{place}.at")
        moment = scenario.faults[0].at
        if isinstance(moment, Name):
            moment = scenario.draw[moment.name]
    return DrawnFault(entry.fault, drawer.moment(moment, f"{what}.at", f"{place}.at", block), params)


@dataclass(frozen=True, slots=True)
class _Drawer:
    scenario: str
    seed: int
    page_s: float
    bindings: Mapping[str, Scalar]

    def value(self, form: Form, what: str, place: str, block: int = 0) -> Scalar:
        """One value of `form` from the stream `what`; `place` is the key that a complaint names."""
        if isinstance(form, Fixed):
            return form.value
        if isinstance(form, Name):
            return self.bindings[form.name]
        if isinstance(form, OneOf):
            return form.options[int(stream(self.seed, what, block).integers(len(form.options)))]
        if isinstance(form, Between):
            return self._between(form, stream(self.seed, what, block), place)
        raise TypeError(f"{place}: {form} is drawn by the fault it belongs to")

    def moment(self, form: Form, what: str, place: str, block: int = 0) -> float:
        """Seconds since the start of the world."""
        return float(self.value(form, what, place, block))

    def _between(self, form: Between, generator: Generator, place: str) -> Scalar:
        if form.integer:
            return int(generator.integers(int(form.low), int(form.high), endpoint=True))
        exact = form.low + (form.high - form.low) * generator.random()
        if form.kind == "duration":
            # A range within a minute or so would collapse to its ends if it were drawn to the minute.
            step_s = 60.0 if form.low % 60.0 == form.high % 60.0 == 0.0 else 1.0
            rounded = step_s * round(exact / step_s)
        else:
            rounded = round(exact, 4) if form.kind == "share" else significant(exact, 4)
        # Rounding may step over a bound that is itself no round number.
        value = min(max(rounded, form.low), form.high)
        if not form.before_page:
            return value
        if form.high > self.page_s:
            raise ContentError(self.scenario, f"{format_duration(form.high)} before the page is before the world begins; write at most {format_duration(self.page_s)}", key=place)
        return self.page_s - value


def _numbered(name: str, earlier: list[str]) -> str:
    """`name`, numbered from its second use on, so that two of a kind have streams of their own."""
    count = earlier.count(name)
    return name if count == 0 else f"{name}.{count + 1}"


def _printed(value: Scalar, kind: Kind) -> str:
    """`value` as a person reads it in a sentence."""
    if kind == "duration":
        return format_duration(float(value))
    if kind == "share":
        return f"{100.0 * float(value):.6g}%"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _typed(value: Scalar, kind: Kind) -> str:
    """`value` as it is typed in a command: as it is read, unless a duration would lose minutes by that."""
    text = _printed(value, kind)
    if kind == "duration" and parse_duration(text) != value:
        seconds = float(value)
        return f"{seconds / 60.0:.0f}m" if seconds % 60.0 == 0.0 else f"{seconds:.6f}".rstrip("0").rstrip(".") + "s"
    return text


def _filled(text: str | tuple[str, ...], values: Mapping[str, str]) -> str | tuple[str, ...]:
    return fill(text, values) if isinstance(text, str) else tuple(fill(item, values) for item in text)
