"""Looks at the values of features: served against offline, now against before, and where a feature comes from."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.features import FEATURES, FLAG_FEATURES, VIEW, VIEW_OF
from simulator.dataplane.transform import INPUTS, model_inputs
from simulator.durations import DAY_S, HOUR_S
from simulator.instruments.features import GROUP, VIEW_PARAM, chosen_views
from simulator.instruments.served import known_name, over, profile, served, trailing, warehoused
from simulator.instruments.source_contracts import SOURCE_FIELD, owner_of
from simulator.nature.population import Floats
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.platform.dags import DAG
from simulator.world import World

FEATURE_PARAM = Param("feature", "text", "which feature", required=True, positional=True, names="feature")
FAR = 0.25
LEAST_ROWS = 20


@look(
    "features parity",
    group=GROUP,
    takes="10m",
    params=(VIEW_PARAM, Param("last", "duration", "payments to compare", 6 * HOUR_S)),
    noticeable={
        "correlation.": Noticeable(absolute=0.03, relative=0.0),
        "differing.": Noticeable(absolute=0.03, relative=0.1),
        "median_difference.": Noticeable(absolute=0.02, relative=0.1),
    },
    covers=("sys.feature-store", "dist.skew-vs-staleness"),
)
def features_parity(world: World, args: Args) -> Observation:
    """Served value against the offline store's point-in-time value of the same payment: correlation of logarithms, median
    relative difference, and the share that differs by more than 25 %."""
    views = chosen_views(args)
    span = trailing(world, args, "last")
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for view in views:
        for feature in view.features:
            online, offline = served(world, feature, span), warehoused(world, feature, span)
            apart = np.abs(online / offline - 1.0)
            median = float(np.median(apart)) if len(apart) else None
            differing = float((apart > FAR).mean()) if len(apart) else None
            alike = _correlation(np.log(online), np.log(offline))
            rows.append((view.name, feature, len(online), alike, median, differing))
            found |= {f"correlation.{feature}": alike, f"differing.{feature}": differing, f"median_difference.{feature}": median}
    heads = ("view", "feature", ("payments", "sampled rows"), "correlation of logs", ("median relative difference", "ratio"), ("differing by more than 25 %", "share"))
    return Observation("Served against point-in-time values", (table(f"Same payments, last {span.length}", heads, rows),), facts=rounded_facts(found))


@look(
    "features profile",
    group=GROUP,
    takes="3m",
    params=(FEATURE_PARAM, Param("last", "duration", "span to read", DAY_S)),
    noticeable={"": Noticeable(relative=0.05)},
    covers=("sys.feature-store", "sys.model-monitoring"),
)
def features_profile(world: World, args: Args) -> Observation:
    """Distribution of a feature as served, against the same span a week before: quantiles and mean."""
    feature = known_name("feature", args["feature"], FEATURES)
    span = trailing(world, args, "last")
    one, two = (profile(served(world, feature, s)) for s in (span, span.week_before()))
    rows: list[tuple[Cell, ...]] = [(which, p.count, p.p05, p.median, p.p95, p.mean) for which, p in (("now", one), ("a week before", two))]
    found: dict[str, object] = {f"mean.{feature}": one.mean, f"mean_ratio.{feature}": over(one.mean, two.mean)}
    if feature not in FLAG_FEATURES:
        found |= {f"{name}_ratio.{feature}": over(getattr(one, name), getattr(two, name)) for name in ("p05", "median", "p95")}
    heads = ("span", ("count", "sampled rows"), "p05", "median", "p95", "mean")
    return Observation(f"Profile of {feature}", (table(f"{feature} as served, last {span.length}", heads, rows),), facts=rounded_facts(found))


@look("features lineage", group=GROUP, takes="2m", params=(FEATURE_PARAM,), covers=("sys.feature-store", "sys.governance"))
def features_lineage(world: World, args: Args) -> Observation:
    """The way of a feature: its source or view with owner and job, the transform versions of both paths, and the model inputs it feeds."""
    feature = known_name("feature", args["feature"], FEATURES)
    world.settle()
    serving, training, champion = (world.levers[name].text_at(world.now_s) for name in ("transform.serving", "transform.training", "alias.champion"))
    steps: list[tuple[Cell, ...]] = []
    if feature in VIEW_OF:
        view = VIEW[VIEW_OF[feature]]
        steps.append(("built from", f"payments of the warehouse, grouped by {view.entity}", owner_of(world.spec, "warehouse")))
        steps.append(("built and loaded by", f"DAG features, tasks {', '.join(t.name for t in DAG['features'].tasks)}", DAG["features"].owner))
        steps.append(("served from", f"view {view.name} in the online store", owner_of(world.spec, "online-store")))
    else:
        source = SOURCE_FIELD[feature]
        steps.append(("training reads", "the warehouse's copy of the field", owner_of(world.spec, "warehouse")))
        steps.append(("serving reads", f"stream {source}, field {feature}", owner_of(world.spec, source)))
    steps.append(("transform in serving", serving, DAG["train"].owner))
    steps.append(("transform in training", training, DAG["train"].owner))
    fed = inputs_fed_by(feature, serving)
    steps.append(("feeds the inputs", ", ".join(fed), DAG["train"].owner))
    steps.append(("read by", f"champion {champion}", DAG["train"].owner))
    found = {"transform.serving": serving, "transform.training": training, "champion": champion, "inputs_fed": len(fed)}
    return Observation(f"Lineage of {feature}", (table(f"Lineage of {feature}", ("step", "what", "owner"), steps),), facts=rounded_facts(found))


def inputs_fed_by(feature: str, transform: str) -> tuple[str, ...]:
    """Names of the model inputs that change when `feature` does, under a transform version."""
    before = {name: np.full(1, 0.3) for name in FEATURES} | {"new_device": np.ones(1), "amount": np.ones(1)}
    after = before | {feature: before[feature] * 0.5}
    moved = model_inputs(before, np.zeros(1), transform) != model_inputs(after, np.zeros(1), transform)
    return tuple(name for name, changed in zip(INPUTS, moved[:, 0], strict=True) if changed)


def _correlation(one: Floats, two: Floats) -> float | None:
    """Pearson's correlation, None where there are too few rows or one side does not vary."""
    if len(one) < LEAST_ROWS or not (np.ptp(one) > 0 and np.ptp(two) > 0):
        return None
    return float(np.corrcoef(one, two)[0, 1])
