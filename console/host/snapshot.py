"""A snapshot of the war room, computed from a drill: only what the company can see, and nothing in the world is changed by it."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from console.host.blocks import said, said_in
from console.host.names import names_in
from console.host.shown import Alert, Chart, ClockState, Harm, Hypothesis, Mark, NodeState, Runbook, RunbookStep, Said, Snapshot
from scenarios.steps import STEP_KINDS
from simulator.durations import format_duration
from simulator.observation import significant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from console.host.seat import Seat
    from scenarios.chain import Row
    from scenarios.drill import Drill
    from simulator.telemetry.alerts import AlertStatus
    from simulator.telemetry.audit import Change

CURRENCY = "USD"
_LABEL_LENGTH = 48


def snapshot_of(seat: Seat, clock: ClockState, pinned: Sequence[str]) -> Snapshot:
    """The war room as it is now; `pinned` are metrics charted beside the system's own, and one that does not exist is left out."""
    from simulator.telemetry.dashboard import SPAN_S, charted, curves
    from simulator.telemetry.harm import known_harm
    from simulator.telemetry.monitors import component_readings, rules_now

    drill, rows = seat.drill, seat.journal.rows()
    world = drill.world
    world.settle()
    rules = rules_now(world)
    harm = known_harm(world, drill.incident.start_s)
    return Snapshot(
        now_s=drill.now_s,
        phase=drill.phase,
        clock=clock,
        alerts=_alerts(rules),
        nodes=tuple(NodeState(name, reading.state, reading.why) for name, reading in component_readings(world, rules).items()),
        charts=tuple(Chart(c.name, c.unit, c.at_s, c.values, c.week_before, c.threshold) for c in curves(world, charted(world.spec, pinned), rules)),
        marks=_marks(drill, rows, world.settled_s - SPAN_S),
        harm=Harm(significant(harm.usd), significant(harm.per_min_usd), CURRENCY),
        channel=_channel(drill, rows),
        runbook=_runbook(rows),
        names={kind: tuple(names_in(drill, kind)) for kind in kinds_of_names()},
    )


@lru_cache(maxsize=1)
def kinds_of_names() -> tuple[str, ...]:
    """Kinds of names that a parameter of any command asks for."""
    from scenarios.words import registry

    return tuple(dict.fromkeys(param.names for command in registry().values() for param in command.params if param.names))


def _alerts(rules: Iterable[AlertStatus]) -> tuple[Alert, ...]:
    """Rules that fire, are pending or are silenced, in this order. A silenced one is that, whatever it reads."""
    rank = {"firing": 0, "pending": 1, "silenced": 2}
    found = [_alert(status) for status in rules if status.silenced or status.state != "inactive"]
    return tuple(sorted(found, key=lambda alert: rank[alert.state]))


def _alert(status: AlertStatus) -> Alert:
    rule, value = status.rule, None if status.value is None else significant(status.value)
    return Alert(rule.name, rule.severity, "silenced" if status.silenced else status.state, value, status.threshold, rule.op, status.since_s, rule.summary)


def _marks(drill: Drill, rows: Iterable[Row], since_s: float) -> tuple[Mark, ...]:
    from simulator.operations.changes import WHO
    from simulator.telemetry.alerts import firing_times
    from simulator.telemetry.audit import changes

    world, start_s = drill.world, drill.incident.start_s
    # One's own changes are marked as moves, with the step that made them.
    found = list(_changed([change for change in changes(world, since_s, drill.now_s) if change.who != WHO]))
    found += [Mark(at_s, "alert", rule.name) for rule in world.spec.alerts for at_s in firing_times(world, rule, since_s, world.settled_s)]
    if start_s >= since_s:
        found.append(Mark(start_s, "page", drill.incident.page_rule.name))
    found += [Mark(row.at_s, "move", _clipped(f"#{row.step} {row.payload['line']}")) for row in rows if row.kind == "move" and row.at_s >= since_s]
    return tuple(sorted(found, key=lambda mark: mark.at_s))


def _changed(found: Iterable[Change]) -> Iterator[Mark]:
    """A mark for what somebody changed at one moment. What a pipeline did by itself is named without its author."""
    from simulator.telemetry.audit import shown_value

    for (at_s, who), together in groupby(found, key=lambda change: (change.at_s, change.who)):
        first, *others = together
        lever = first.lever.rpartition(".")[2] if first.scheduled else first.lever
        more = f" and {len(others)} more" if others else ""
        yield Mark(at_s, "change", _clipped(f"{lever} {shown_value(first.after)}{more}" + ("" if first.scheduled else f" by {who}")))


def _channel(drill: Drill, rows: Iterable[Row]) -> tuple[Said, ...]:
    """What was said so far, oldest first, with one's own updates."""
    found = list(said(drill.opening()))
    for row in rows:
        if row.kind == "word" and row.payload["op"] == "update":
            found.append(Said(row.at_s + row.payload["took_s"], "you", _update(row)))
        if row.kind == "clock" or row.kind in STEP_KINDS:
            found += said_in(row.payload)
    return tuple(sorted(found, key=lambda one: one.at_s))


def _update(row: Row) -> str:
    args = row.payload["args"]
    parts = [args.get("impact"), args.get("status"), args.get("next") and f"next: {args['next']}", args.get("eta") and f"next update in {format_duration(args['eta'])}"]
    return "; ".join(part for part in parts if part) or "an update without words"


def _runbook(rows: Iterable[Row]) -> Runbook:
    from scenarios.runbook import runbook_of
    from scenarios.steps import steps_of

    book = runbook_of(steps_of(rows))
    return Runbook(
        tuple(RunbookStep(m.step.step, m.step.at_s, m.step.took_s, m.step.kind, m.step.line, m.hypothesis, m.step.error) for m in book.steps),
        tuple(Hypothesis(h.label, h.component, h.mechanism, h.standing, h.evidence) for h in book.hypotheses),
    )


def _clipped(text: str) -> str:
    return text if len(text) <= _LABEL_LENGTH else text[: _LABEL_LENGTH - 1] + "…"
