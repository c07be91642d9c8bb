"""Looks at how well the model ranks and how its decisions turn out, from labels that are known and from early warnings."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.rows import EXPLORED
from simulator.durations import DAY_S, WEEK_S, format_duration
from simulator.errors import Refused
from simulator.observation import Observation, rounded_facts, table
from simulator.telemetry.labelled import SEGMENTS, Labelled, with_chargebacks, with_warnings
from simulator.telemetry.quality import roc_auc
from simulator.world import World

RANKING = {"auc": Noticeable(absolute=0.015, relative=0.0)}
_LABELLED = {"calibration": Noticeable(absolute=0.08), "rate": Noticeable(absolute=0.002)}
_WARNED = {"warnings_per_10k": Noticeable(absolute=8.0)}
_WEIGHTS_NOTE = f"Payments approved to explore stand for all that were flagged: each counts for {1 / EXPLORED:.0f} of them."
_BY = Param("by", "text", "how to split", "channel", choices=tuple(SEGMENTS))


@look(
    "performance mature",
    group="performance",
    takes="12m",
    params=(
        Param("weeks", "integer", "number of weekly cohorts", 8),
        Param("age", "duration", "age of the youngest payment taken, so that its label has come", 21 * DAY_S, unit="s"),
    ),
    noticeable=RANKING | _LABELLED | {"capture": Noticeable(absolute=0.05)},
    covers=("sys.model-monitoring", "life.feedback", "life.monitoring", "dist.data-vs-concept-drift", "screen.detect-degradation"),
)
def performance_mature(world: World, args: Args) -> Observation:
    """Judges weekly cohorts of payments by the chargebacks joined so far: ranking, chargebacks, fraud captured, and expected against observed.

    Week -1 is the newest whose payments are all of the age asked for.
    """
    world.settle()
    if not 1 <= args["weeks"] <= 26:
        raise Refused("performance mature: weeks is from 1 to 26")
    end = (world.settled_s - args["age"]) // DAY_S * DAY_S
    weeks = min(args["weeks"], int(end // WEEK_S))
    if weeks < 1:
        raise Refused(f"performance mature: no whole week of payments is {format_duration(args['age'])} old yet")
    payments = with_chargebacks(world, end - weeks * WEEK_S, end)
    rows = []
    values: dict[str, object] = {}
    for k in range(1, weeks + 1):
        since = end - k * WEEK_S
        cohort = payments.between(since, since + WEEK_S)
        auc, rate, captured, ratio = _ranking(cohort), _rate(cohort), _captured(cohort), _expected_over_observed(cohort)
        rows.append((f"week -{k}", round(since), cohort.rows, int(cohort.label.sum()), auc, rate, captured, ratio))
        if k <= 8:
            values |= {f"auc.week_-{k}": auc, f"calibration.week_-{k}": ratio}
        if k <= 6:
            values |= {f"rate.week_-{k}": rate, f"capture.week_-{k}": captured}
    heads = ("cohort", ("from", "time"), "labelled payments", "chargebacks", "auc", ("chargeback rate", "ratio"), ("fraud over the threshold", "ratio"), "expected over observed")
    text = (_WEIGHTS_NOTE, "Chargebacks still come in after three weeks and some never: the rate of young cohorts is low, and so is what is observed.")
    return Observation(f"Performance of payments older than {format_duration(args['age'])}", tables=(table("Weekly cohorts", heads, rows),), text=text, facts=rounded_facts(values))


@look(
    "performance early",
    group="performance",
    takes="6m",
    params=(
        Param("days", "integer", "number of days", 14),
        Param("age", "duration", "age of the youngest payment taken, so that most warnings have come", 3 * DAY_S, unit="s"),
    ),
    noticeable=RANKING | _WARNED,
    covers=("sys.model-monitoring", "life.feedback", "dist.data-vs-concept-drift", "dist.service-vs-model-health"),
)
def performance_early(world: World, args: Args) -> Observation:
    """Judges payments by the card networks' early warnings: how well the score ranks warned ones, and warnings per 10,000 approved, by day and segment.

    Day -1 is the newest whose payments are all of the age asked for.
    """
    world.settle()
    if not 2 <= args["days"] <= 60:
        raise Refused("performance early: days is from 2 to 60")
    end = (world.settled_s - args["age"]) // DAY_S * DAY_S
    days = min(args["days"], int(end // DAY_S))
    if days < 2:
        raise Refused(f"performance early: no two days of payments are {format_duration(args['age'])} old yet")
    payments = with_warnings(world, end - days * DAY_S, end)
    rows = []
    for k in range(1, days + 1):
        since = end - k * DAY_S
        day = payments.between(since, since + DAY_S)
        rows.append((f"day -{k}", round(since), day.rows, int(day.label.sum()), _ranking(day), _per_10k(day)))
    half = min(7, days // 2)
    recent, before = payments.between(end - half * DAY_S, end).by_score(), payments.between(end - days * DAY_S, end - half * DAY_S).by_score()
    last = payments.between(end - 2 * DAY_S, end)
    values: dict[str, object] = {}
    for name, part in (("last_2d", last), ("recent", recent), ("before", before)):
        values |= {f"auc.{name}": _ranking(part), f"warnings_per_10k.{name}": _per_10k(part)}
    segments = []
    for by, names in SEGMENTS.items():
        for code, name in enumerate(names):
            late, early = (part.where(getattr(part, by) == code) for part in (recent, before))
            segments.append((by, name, _ranking(late), _ranking(early), _per_10k(late), _per_10k(early)))
            values |= {f"auc.{name}": segments[-1][2], f"warnings_per_10k.{name}": segments[-1][4]}
    heads = ("split", "segment", f"auc, last {half} days", "auc, before", (f"warnings, last {half} days", "per 10k"), ("warnings, before", "per 10k"))
    return Observation(
        f"Early warnings on payments older than {format_duration(args['age'])}",
        tables=(
            table("By day of payment", ("day", ("from", "time"), "approved payments", "warned", "auc", ("warnings", "per 10k")), rows),
            table("By segment", heads, segments),
        ),
        text=(_WEIGHTS_NOTE, "Not all fraud is warned about, and a few good payments are."),
        facts=rounded_facts(values),
    )


@look("performance segments", group="performance", takes="8m", params=(_BY,), noticeable=RANKING | _LABELLED | _WARNED, covers=("sys.model-monitoring", "sys.responsible-ai"))
def performance_segments(world: World, args: Args) -> Observation:
    """Judges segments apart: by chargebacks on four weeks of payments older than 21 days, and by warnings on the last seven days older than three.

    Declines are of the last seven days.
    """
    world.settle()
    by = args["by"]
    mature_end, early_end = world.settled_s - 21 * DAY_S, world.settled_s - 3 * DAY_S
    mature = with_chargebacks(world, max(mature_end - 4 * WEEK_S, 0.0), mature_end)
    early = with_warnings(world, early_end - WEEK_S, early_end)
    recent = (world.settled_s - WEEK_S, world.settled_s)
    weight, approved = world.rows.numbers("weight", *recent), world.rows.numbers("approved", *recent)
    code_of = world.rows.column(by, *recent)
    rows = []
    values: dict[str, object] = {}
    for code, name in enumerate(SEGMENTS[by]):
        old, young, mine = mature.where(getattr(mature, by) == code), early.where(getattr(early, by) == code), code_of == code
        declined = float(1.0 - np.average(approved[mine], weights=weight[mine])) if mine.any() else None
        rows.append((name, old.rows, _ranking(old), _rate(old), _expected_over_observed(old), _ranking(young), _per_10k(young), declined))
        found = rows[-1]
        values |= {f"auc.{name}": found[2], f"rate.{name}": found[3], f"calibration.{name}": found[4], f"auc_early.{name}": found[5]}
        values |= {f"warnings_per_10k.{name}": found[6], f"declined.{name}": found[7]}
    heads = (by, "labelled payments", "auc", ("chargeback rate", "ratio"), "expected over observed", "auc on warnings", ("warnings", "per 10k"), ("declined", "ratio"))
    return Observation(f"Performance by {by}", tables=(table("Segments", heads, rows),), text=(_WEIGHTS_NOTE,), facts=rounded_facts(values))


def _ranking(rows: Labelled) -> float | None:
    return roc_auc(rows.label, rows.score, rows.weight)


def _rate(rows: Labelled) -> float | None:
    """Share of all payments, declined ones included, that are known as fraud or stand for such."""
    return float(np.average(rows.label, weights=rows.weight)) if rows.rows else None


def _captured(rows: Labelled) -> float | None:
    """Share of the known fraud that the score put at or over the threshold."""
    fraud = rows.label * rows.weight
    total = float(fraud.sum())
    return float(fraud[rows.explored].sum()) / total if total > 0 else None


def _expected_over_observed(rows: Labelled) -> float | None:
    observed = float((rows.weight * rows.label).sum())
    return float((rows.weight * rows.score).sum()) / observed if observed > 0 else None


def _per_10k(rows: Labelled) -> float | None:
    """Warned payments per 10,000 approved ones."""
    return 1e4 * float(np.average(rows.label, weights=rows.stood_for)) if rows.rows else None
