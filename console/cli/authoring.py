"""What `hotseat scenarios new` needs to know, asked for on a terminal, and the file that comes of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import typer

from simulator.errors import UsageError


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an author has said so far; None or empty where nothing yet."""

    name: str
    system: str
    title: str | None = None
    fault: str | None = None
    alert: str | None = None
    covers: tuple[str, ...] = ()


def asked(wanted: Wanted) -> Wanted:
    """`wanted` with everything said: on a terminal by questions, elsewhere only what can be taken from the fault.

    Raises:
        UsageError: something is missing and there is nobody to ask, or it names nothing that exists.
    """
    from scenarios.faults.library import FAULTS
    from scenarios.vocabulary import packaged_vocabulary
    from simulator.spec import load_system

    _known("system", wanted.system, packaged_vocabulary().systems or ())
    if not sys.stdin.isatty():
        missing = [f"--{what}" for what in ("title", "fault", "alert") if not (getattr(wanted, what) or "").strip()]
        if missing:
            raise UsageError(f"a new scenario needs {', '.join(missing)}")
    title = wanted.title or _ask("Title, as learners see it in the list")
    faults = [f.id for f in FAULTS.values() if wanted.system in f.systems]
    fault = wanted.fault or _ask(f"What is wrong ({', '.join(faults)})", faults)
    _known("fault", fault, faults)
    alerts = [rule.name for rule in load_system(wanted.system).alerts]
    alert = wanted.alert or _ask(f"The alert that opens the drill ({', '.join(alerts)})", alerts)
    _known("alert", alert, alerts)
    covers = wanted.covers or FAULTS[fault].covers
    if not covers:
        if not sys.stdin.isatty():
            raise UsageError("a new scenario needs --covers, a competency that it lets people practise; hotseat competencies lists them")
        covers = tuple(_ask("Competencies that it lets people practise, with commas").replace(",", " ").split())
    return replace(wanted, title=title, fault=fault, alert=alert, covers=covers)


def scenario_text(wanted: Wanted, *, minutes: int, difficulty: int, onset: str | None) -> str:
    """The file's text: every other fault of the system is a candidate, and a place that depends on a parameter takes its first choice.

    Raises:
        UsageError: a name or a range cannot be used.
    """
    from scenarios.faults.library import FAULTS
    from scenarios.template import new_scenario_text
    from simulator.spec import load_system

    assert wanted.title is not None
    assert wanted.fault is not None
    assert wanted.alert is not None
    fault = FAULTS[wanted.fault]
    shortest, dots, longest = (onset or "..".join(fault.onset)).partition("..")
    if not dots:
        raise UsageError(f"{onset!r} is no range of times; write 12h..36h")
    others = [f for f in FAULTS.values() if f.id != fault.id and wanted.system in f.systems]
    placed = [p for p in fault.params if f"{{{p.name}}}" in fault.component]
    return new_scenario_text(
        wanted.name,
        wanted.title,
        wanted.system,
        fault.id,
        alert=wanted.alert,
        component=fault.place({p.name: f"{{fault.{p.name}}}" for p in placed}),
        mechanism=fault.mechanism,
        covers=wanted.covers,
        objectives=tuple(load_system(wanted.system).objectives),
        others=[f.id for f in others],
        onsets={f.id: f.onset for f in others},
        params={p.name: p.choices[0] for p in placed},
        minutes=minutes,
        difficulty=difficulty,
        onset=(shortest, longest),
    )


def _ask(question: str, choices: Sequence[str] = ()) -> str:
    while True:
        answer = str(typer.prompt(question, err=True)).strip()
        if answer and (not choices or answer in choices):
            return answer
        typer.echo(f"one of {', '.join(choices)}" if choices else "something, please", err=True)


def _known(what: str, name: str, names: Sequence[str] | object) -> None:
    from scenarios.document import near

    known = list(names) if isinstance(names, (list, tuple)) else []
    if name not in known:
        raise UsageError(f"there is no {what} {name!r}; {near(name, known)}")
