"""The chain from the true cause to the losses, with the parts of it that the learner's looks showed.

A part was seen where a look showed what it could not have shown had nothing been wrong. What no look touched is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from grader.model_runbook import ModelRunbook
from grader.plain import plain
from grader.quoted import typed
from grader.readings import readings
from grader.report_rows import ChainRow
from grader.rules.trace import Trace, listed, named
from scenarios.scenario import NOTHING
from scenarios.steps import Step
from scenarios.taxonomy import COMPONENTS, MECHANISMS
from scenarios.words import registry

STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("what changed", ("changes",)),
    ("teams that were asked", ("people",)),
    ("sources", ("sources",)),
    ("pipelines", ("pipelines",)),
    ("features", ("features",)),
    ("labels", ("labels",)),
    ("training", ("training",)),
    ("models", ("models",)),
    ("machines", ("capacity",)),
    ("serving", ("serving", "logs")),
    ("inputs of the model", ("drift",)),
    ("what the model answers", ("performance",)),
    ("decisions", ("decisions",)),
    ("signals and alerts", ("metrics", "alerts")),
    ("cost", ("cost",)),
    ("questions of your own", ("sql",)),
)
"""Where looks look, in the order in which causes pass through the system, each with the groups of commands that look there."""
_WHERE = {group: at for at, (_, groups) in enumerate(STAGES) for group in groups}
MOST_READINGS = 3


def causal_chain(t: Trace, model: ModelRunbook) -> tuple[ChainRow, ...]:
    """From the cause to the losses; empty where nothing was wrong."""
    if t.evidence.control:
        return ()
    return (_cause(t), *_seen(t), *_unread(t, model), *_page(t), _losses(t))


def _cause(t: Trace) -> ChainRow:
    component, mechanism = t.actual
    meaning = MECHANISMS.get(mechanism, "")
    place = COMPONENTS.get(component, "")
    said = f"{mechanism} at {component}{f' ({place})' if place else ''}{f': {meaning}' if meaning else ''}."
    return ChainRow("the cause", plain(said), "")


def _seen(t: Trace) -> tuple[ChainRow, ...]:
    """One row for each stage where a look showed that something was wrong."""
    facts = {look.step: look.excludes.get(NOTHING, ()) for look in t.evidence.looks}
    touched = [look for look in t.looks if facts.get(look.step)]
    ordered = sorted(touched, key=lambda look: (_stage(look), look.step))
    rows = []
    for at, looks in groupby(ordered, key=_stage):
        here = list(looks)
        rows.append(ChainRow(STAGES[at][0] if at < len(STAGES) else "other looks", _showing(here, facts), named(here)))
    return tuple(rows)


def _showing(looks: Sequence[Step], facts: dict[int, tuple[str, ...]]) -> str:
    """The readings of a stage that could not have been so, each once."""
    shown: list[str] = []
    met: set[str] = set()
    for look in looks:
        new = [fact for fact in facts[look.step] if fact not in met]
        met.update(new)
        shown += [readings(look, [fact]) for fact in new]
    more = [f"{len(shown) - MOST_READINGS} more"] if len(shown) > MOST_READINGS else []
    return plain(f"{listed([*shown[:MOST_READINGS], *more])} would not have been so had nothing been wrong.")


def _page(t: Trace) -> tuple[ChainRow, ...]:
    """The reading that everybody was given, which no look has to show; nothing in the evidence of older sessions."""
    page = t.evidence.page
    if page is None:
        return ()
    # An alert may be quiet again when the drill begins, so its reading is not said to be the one that fired.
    fired = "fired" if page.fired else "was reported, but did not fire"
    said = f"{page.alert} {fired}: its bound is {page.bound:,.4g} ({page.says}). When the drill began it read {page.value:,.4g}."
    return (ChainRow("the page", plain(said), "given to everybody"),)


def _unread(t: Trace, model: ModelRunbook) -> tuple[ChainRow, ...]:
    """What the reference runbook rests on and the learner never looked at."""
    own = {look.op for look in t.looks}
    missed = [look.line for look in model.cited if not any(look.line == op or look.line.startswith(op + " ") for op in own)]
    return (ChainRow("not looked at", f"{typed(missed)}, on which the reference runbook rests.", ""),) if missed else ()


def _losses(t: Trace) -> ChainRow:
    impact, missed = t.evidence.impact, [name for name, ok in t.evidence.objectives.items() if not ok]
    end = f"; {listed(missed)} did not hold at the end" if missed else ""
    lost = tuple(f"{usd:,.0f} {impact.currency}" for usd in (impact.do_nothing_usd, impact.actual_usd))
    return ChainRow("losses", plain(f"{lost[0]} had nobody done anything, {lost[1]} as you left it{end}."), "")


def _stage(look: Step) -> int:
    command = registry().get(look.op)
    return _WHERE.get(command.group if command is not None else "", len(STAGES))
