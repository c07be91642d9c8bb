"""Looks at what the scores promise: against what came true, and as an estimate before labels come."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import DAY_S, HOUR_S, WEEK_S, format_duration
from simulator.errors import Refused
from simulator.instruments.performance import RANKING
from simulator.observation import Observation, rounded_facts, table
from simulator.telemetry.estimate import Estimate, estimate
from simulator.telemetry.labelled import with_chargebacks
from simulator.telemetry.quality import calibration_table
from simulator.world import World

SPAN_S = 4 * WEEK_S


@look(
    "performance estimate",
    group="performance",
    takes="4m",
    params=(Param("last", "duration", "span of payments", DAY_S, unit="s"),),
    noticeable=RANKING | {"recall": Noticeable(absolute=0.03), "precision": Noticeable(absolute=0.03), "change.": Noticeable(absolute=0.08)},
    covers=("sys.model-monitoring", "dist.data-vs-concept-drift", "screen.detect-degradation"),
)
def performance_estimate(world: World, args: Args) -> Observation:
    """Estimates ranking and decisions of recent payments from their own scores, before any label has come, and the same a week before."""
    world.settle()
    span = args["last"]
    if span < HOUR_S:
        raise Refused("performance estimate: an hour of payments is the least that it can be made from")
    ends = {"now": world.settled_s, "a week before": world.settled_s - WEEK_S}
    found = {name: _estimate(world, end - span, end) for name, end in ends.items()}
    figures: list[tuple[str, float | None, float | None]] = []
    now, before = found["now"], found["a week before"]
    for name in ("roc_auc", "positive_rate"):
        figures.append((name.replace("roc_", "").replace("_", " "), getattr(now, name), getattr(before, name)))
    for name in ("recall", "precision", "false_positive_rate"):
        figures.append((name.replace("_", " "), getattr(now.decisions, name), getattr(before.decisions, name)))
    values: dict[str, object] = {}
    for name, late, early in figures:
        key = name.replace(" ", "_")
        values |= {key: late, f"{key}_week_before": early, f"change.{key}": late / early if late is not None and early else None}
    return Observation(
        f"Estimated performance of the last {format_duration(span)}",
        tables=(table("Estimated from scores", ("figure", "now", "a week before"), figures),),
        text=(
            f"{now.rows} sampled payments, {before.rows} a week before; declined ones are among them.",
            "Assumes that of payments scored p a share p is fraud, that the relation of features to fraud is what the model learnt, and that features are right.",
        ),
        facts=rounded_facts(values),
    )


@look(
    "calibration",
    group="performance",
    takes="8m",
    params=(Param("age", "duration", "age of the youngest payment taken, so that its label has come", 21 * DAY_S, unit="s"),),
    noticeable={"ratio": Noticeable(absolute=0.1), "observed.": Noticeable(absolute=0.004), "predicted.": Noticeable(absolute=0.002), "error": Noticeable(absolute=0.003)},
    covers=("sys.model-monitoring", "dist.data-vs-concept-drift"),
)
def calibration(world: World, args: Args) -> Observation:
    """Compares mean score and known chargeback rate by tenths of the score, on four weeks of payments of the age asked for."""
    world.settle()
    end = world.settled_s - args["age"]
    if end < DAY_S:
        raise Refused(f"calibration: no payments are {format_duration(args['age'])} old yet")
    rows = with_chargebacks(world, max(end - SPAN_S, 0.0), end)
    bins = calibration_table(rows.label, rows.score, rows.weight)
    observed = float((rows.label * rows.weight).sum())
    values: dict[str, object] = {
        "ratio": float((rows.score * rows.weight).sum()) / observed if observed > 0 else None,
        "error": sum(part.share * abs(part.observed - part.predicted) for part in bins),
    }
    table_rows = []
    for number, part in enumerate(bins, start=1):
        ratio = part.predicted / part.observed if part.observed > 0 else None
        table_rows.append((number, part.low, part.high, part.rows, part.predicted, part.observed, ratio))
        values |= {f"predicted.tenth_{number}": part.predicted, f"observed.tenth_{number}": part.observed}
    heads = ("tenth", "score from", "to", "labelled payments", "mean score", ("known as fraud", "ratio"), "expected over observed")
    return Observation(
        f"Calibration on payments older than {format_duration(args['age'])}",
        tables=(table("By tenths of the score", heads, table_rows),),
        text=("Payments approved to explore stand for all that were flagged. Some fraud is never reported, so a sound model shows a little more than is observed.",),
        facts=rounded_facts(values),
    )


def _estimate(world: World, since_s: float, until_s: float) -> Estimate:
    """Of all payments scored in the span, at the threshold in force as it ended."""
    scores = world.rows.numbers("score", since_s, until_s)
    threshold = world.levers["decision.threshold"].number_at(np.nextafter(until_s, 0.0))
    return estimate(scores, threshold, weights=world.rows.numbers("weight", since_s, until_s))
