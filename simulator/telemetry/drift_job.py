"""The daily drift job: PSI of each served feature of the last 24 hours against a reference that somebody chose."""

from __future__ import annotations

from simulator.dataplane.features import ENTITY_FEATURES
from simulator.dataplane.held import held_once
from simulator.durations import DAY_S, WEEK_S
from simulator.nature.population import Floats
from simulator.telemetry.drift import psi_many
from simulator.telemetry.shared import shared
from simulator.world import World

WATCHED = ("amount", "session_seconds", *ENTITY_FEATURES)
REFERENCE_SPAN_S = 28 * DAY_S
REFERENCE_ROWS = 20_000


def reference_span(world: World, at_s: float) -> tuple[float, float]:
    """Start and end of the reference: as set by somebody, or the four whole weeks that end two weeks before this one."""
    chosen = world.levers["drift.reference_s"].number_at(at_s)
    start = chosen or at_s // WEEK_S * WEEK_S - 2 * WEEK_S - REFERENCE_SPAN_S
    return max(0.0, start), max(DAY_S, start + REFERENCE_SPAN_S)


def served_sample(world: World, feature: str, since_s: float, until_s: float, most: int = REFERENCE_ROWS) -> Floats:
    """Evenly thinned served values of a feature, at most about `most` rows."""
    values = world.rows.numbers(f"served.{feature}", since_s, until_s)
    return values[:: max(1, len(values) // most)]


def psi_by_day(world: World, since_s: float, until_s: float) -> list[tuple[float, dict[str, float]]]:
    """(end of the job, PSI by feature) of each daily report that was newest at some time in [since, until], oldest first."""
    out = []
    for task in world.log.of_task("drift", "report"):
        if task.state == "success" and since_s - 2 * DAY_S <= task.end_s <= until_s:
            out.append((task.end_s, _report(world, task.end_s, task.start_s // DAY_S * DAY_S)))
    return out


def _report(world: World, end_s: float, day_end_s: float) -> dict[str, float]:
    key = ("psi", end_s, world.levers["drift.reference_s"].number_at(end_s))
    found = world.memo.get(key)
    if found is None:
        since, until = reference_span(world, end_s)
        reference = _reference(world, since, until)
        day = day_end_s - DAY_S, day_end_s

        def psi(names: list[str]) -> dict[str, float]:
            current = {name: served_sample(world, name, *day) for name in names}
            return {name: float(result.value or 0.0) for name, result in psi_many({name: reference[name] for name in names}, current).items()}

        if not len(world.rows.column("at_s", *day)) or not len(reference["amount"]):
            found = dict.fromkeys(WATCHED, 0.0)
        else:
            causes = {name: [*world.rows.held([f"served.{name}"], *day), (reference[name], None, None)] for name in WATCHED}
            found = shared("psi", world.seed, causes, psi)
        world.memo[key] = found
    return found  # type: ignore[return-value]


def _reference(world: World, since_s: float, until_s: float) -> dict[str, Floats]:
    key = ("reference", since_s, until_s)
    found = world.memo.get(key)
    if found is None or world.settled_s < until_s:
        # Copies, held once: every world that has a report would keep its own, and a thinned view all rows of four weeks.
        found = {name: held_once(served_sample(world, name, since_s, until_s).copy(), world.seed, since_s, until_s, f"reference.{name}") for name in WATCHED}
        world.memo[key] = found
    return found  # type: ignore[return-value]
