"""Looks that compare models without serving them: two versions on the same payments, and training runs."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.features import FEATURES, FLAG_FEATURES
from simulator.dataplane.transform import model_inputs
from simulator.durations import DAY_S, format_duration
from simulator.instruments.models import AT_TRAINING, CHAMPION_THEN, named_version
from simulator.nature.population import Floats
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.telemetry.quality import roc_auc
from simulator.telemetry.training_runs import training_runs
from simulator.world import World


@look(
    "models compare",
    group="models",
    takes="8m",
    params=(
        Param("a", "text", "a version or alias", required=True, positional=True, names="model"),
        Param("b", "text", "the version or alias to compare it with", required=True, positional=True, names="model"),
    ),
    noticeable=AT_TRAINING | {"correlation": Noticeable(absolute=0.01, relative=0.0), "auc_on_warnings.": Noticeable(absolute=0.015, relative=0.0)},
    covers=("sys.experiment-tracking", "life.evaluation", "dist.skew-vs-staleness"),
)
def models_compare(world: World, args: Args) -> Observation:
    """Compares two versions: what they measured at training, and both scored on offline features of the same recent payments.

    The offline scores are of the last settled day, each version through the transform it was trained with. Ranking is judged
    on the four days before, of which most warnings have come.
    """
    world.settle()
    one, two = named_version(world, args["a"]), named_version(world, args["b"])
    until = world.settled_s
    threshold = world.levers["decision.threshold"].number_at(world.now_s)
    weight = world.rows.numbers("weight", until - DAY_S, until)
    scores = [v.scorer.score(_offline_inputs(world, v.transform, until - DAY_S, until)) for v in (one, two)]
    warned_span = (until - 6 * DAY_S, until - 2 * DAY_S)
    approved = world.rows.column("approved", *warned_span).astype(bool)
    warned = (world.rows.numbers("warning_at_s", *warned_span) <= world.now_s)[approved].astype(np.float64)
    rows: list[tuple[str, float | None, float | None]] = [(name, one.metrics.get(name), two.metrics.get(name)) for name in ("auc", "log_loss", "positive_rate")]
    auc = [roc_auc(warned, v.scorer.score(np.ascontiguousarray(_offline_inputs(world, v.transform, *warned_span)[:, approved]))) for v in (one, two)]
    mean = [float(np.average(s, weights=weight)) for s in scores]
    flagged = [float(np.average(s >= threshold, weights=weight)) for s in scores]
    correlation = float(np.corrcoef(np.log(scores[0]), np.log(scores[1]))[0, 1])
    disagree = float(np.average((scores[0] >= threshold) != (scores[1] >= threshold), weights=weight))
    now: list[tuple[str, float | None, float | None]] = [
        ("mean score, last day", mean[0], mean[1]),
        (f"share at or over {threshold:g}, last day", flagged[0], flagged[1]),
        ("auc on warnings, 6 to 2 days ago", auc[0], auc[1]),
    ]
    values: dict[str, object] = {"correlation": correlation, "disagree": disagree}
    for side, v, m, f, a in zip(("a", "b"), (one, two), mean, flagged, auc, strict=True):
        values |= {f"auc.{side}": v.metrics.get("auc"), f"positive_rate.{side}": v.metrics.get("positive_rate")}
        values |= {f"mean_score.{side}": m, f"flagged.{side}": f, f"auc_on_warnings.{side}": a}
        values |= {f"join.{side}": v.join, f"transform.{side}": v.transform}
    return Observation(
        f"{one.name} and {two.name}",
        tables=(
            table("At training, each on its own holdout", ("figure", one.name, two.name), rows),
            table("On the same payments, offline features", ("figure", one.name, two.name), now),
            table("Agreement on the last day", ("figure", "value"), [("correlation of log scores", correlation), ("share decided otherwise", disagree)]),
        ),
        text=("The ranking is of payments that were approved: payments declined then have no outcome.",),
        facts=rounded_facts(values),
    )


@look(
    "experiments",
    group="models",
    takes="3m",
    params=(Param("last", "duration", "how far back", 30 * DAY_S, unit="s"),),
    noticeable=AT_TRAINING | CHAMPION_THEN | {"runs": Noticeable(absolute=0.5, relative=0.0), "failed": Noticeable(absolute=0.5, relative=0.0)},
    covers=("sys.experiment-tracking", "life.training"),
)
def experiments(world: World, args: Args) -> Observation:
    """Lists training runs with status, parameters and metrics, newest first."""
    found = training_runs(world, world.now_s - args["last"])
    params = ("join", "window_h", "label_age_h", "transform", "rows", "positives", "commit", "seed")
    metrics = ("auc", "champion_auc", "log_loss", "positive_rate", "mean_score")
    rows: list[tuple[Cell, ...]] = [
        (round(r.start_s), r.status, r.run_type, *(r.params.get(p) for p in params), *(r.metrics.get(m) for m in metrics), r.version, r.reason, r.run_id) for r in reversed(found)
    ]
    values: dict[str, object] = {"runs": len(found), "failed": sum(r.status == "FAILED" for r in found), "running": sum(r.status == "RUNNING" for r in found)}
    for place, run in enumerate(reversed([r for r in found if r.metrics][-4:]), start=1):
        values |= {f"{m}.run_-{place}": run.metrics.get(m) for m in ("auc", "champion_auc", "positive_rate")}
        values |= {f"join.run_-{place}": str(run.params.get("join")), f"rows.run_-{place}": run.params.get("rows")}
    heads = (("started", "time"), "status", "type", *params, *metrics, "version", "reason", "run")
    return Observation(f"Training runs of the last {format_duration(args['last'])}", tables=(table("Runs", heads, rows),), facts=rounded_facts(values))


def _offline_inputs(world: World, transform: str, since_s: float, until_s: float) -> Floats:
    """Model inputs [k, n] of the offline store's features; flags are the same on both sides."""
    features = {name: world.rows.numbers(f"{'served' if name in FLAG_FEATURES else 'offline'}.{name}", since_s, until_s) for name in FEATURES}
    return model_inputs(features, world.rows.numbers("at_s", since_s, until_s), transform)
