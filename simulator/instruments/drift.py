"""Looks at drift: the statistics of served features and of the score against a reference or last week."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.instruments.drift_samples import AGAINST, COLUMNS, MOST_CURRENT, WINDOW, compared_spans, current_values, reference_values, thinned
from simulator.instruments.served import Span, channels, known_name, over, profile, served, served_parts, trailing
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.telemetry.drift import TEXTBOOK, THRESHOLDS, DriftResult, Statistic, measure, psi_many, psi_without_drift
from simulator.telemetry.drift_job import REFERENCE_ROWS, reference_span
from simulator.telemetry.shared import shared
from simulator.world import World

GROUP = "drift"
COVERS = ("sys.model-monitoring", "dist.data-vs-concept-drift", "stat.alert-or-retrain")
ORDERED_ROWS = 3_000
"""Reference rows for the statistics that sort every row (KS, Wasserstein): enough for two digits, and quick."""
ALL: tuple[Statistic, ...] = ("psi", "kl", "js_distance", "hellinger", "l_infinity", "chi_square", "ks", "wasserstein")
LEAST_ROWS = 50


@look(
    "drift report",
    group=GROUP,
    takes="6m",
    params=(WINDOW, AGAINST),
    noticeable={"psi.": Noticeable(absolute=0.02, relative=0.15), "ks.": Noticeable(absolute=0.03, relative=0.15)},
    covers=COVERS,
)
def drift_report(world: World, args: Args) -> Observation:
    """PSI, KS, Jensen-Shannon and Wasserstein of every served feature and of the score, against the reference or last week."""
    current, other = compared_spans(world, args)
    key = ("drift report", current, other)
    found = world.memo.get(key)
    if found is None:
        found = world.memo[key] = _report(world, current, other)
    rows: dict[str, tuple[DriftResult, ...]] = found  # type: ignore[assignment]
    cells: list[tuple[Cell, ...]] = [(name, p.n_ref, p.n_cur, p.value, k.value, k.p_value, j.value, w.value) for name, (p, k, j, w) in rows.items()]
    heads = ("feature", ("reference", "rows"), ("current", "rows"), "PSI", "KS D", ("KS", "p-value"), ("JS", "distance"), ("Wasserstein", "sd"))
    facts = {f"psi.{name}": results[0].value for name, results in rows.items()} | {f"ks.{name}": results[1].value for name, results in rows.items()}
    against = table("Compared with", ("what", ("from", "time"), ("to", "time")), [(args["against"], other.since_s, other.until_s)])
    return Observation(f"Drift, last {current.length} against {args['against']}", (table("Served features and score", heads, cells), against), facts=rounded_facts(facts))


@look(
    "drift feature",
    group=GROUP,
    takes="4m",
    params=(
        Param("feature", "text", "which feature, or score", required=True, positional=True, names="feature"),
        WINDOW,
        AGAINST,
        Param("by", "text", "split by channel", choices=("channel",)),
    ),
    noticeable={"": Noticeable(absolute=0.02, relative=0.15)},
    covers=(*COVERS, "stat.kl", "stat.wasserstein"),
)
def drift_feature(world: World, args: Args) -> Observation:
    """All statistics of one served feature against the reference or last week, with rows, customary thresholds, and the PSI
    that sampling alone would show."""
    name = known_name("feature", args["feature"], COLUMNS)
    current, other = compared_spans(world, args)
    split = args["by"] == "channel"
    here, there = served(world, name, current), served(world, name, other)
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for (group, mine), (_, theirs) in zip(channels(world, current, split), channels(world, other, split), strict=True):
        left, right = thinned(there[theirs], REFERENCE_ROWS), thinned(here[mine], MOST_CURRENT)
        if min(len(left), len(right)) < LEAST_ROWS:
            continue
        for statistic in ALL:
            result = measure(statistic, left, right)
            noise = psi_without_drift(result.bins, result.n_ref, result.n_cur).upper if statistic == "psi" and result.bins and result.bins > 1 else None
            on = "p-value" if result.p_value is not None else "value"
            rows.append((group, statistic, result.value, result.p_value, result.threshold, on, noise, result.n_ref, result.n_cur))
            if not split or statistic in ("psi", "ks", "wasserstein"):
                found[f"{statistic}.{name}" + (f".{group}" if split else "")] = result.value
    heads = ("channel", "statistic", "value", "p-value", "threshold", "threshold on", ("95 % without drift", "PSI"), ("reference", "rows"), ("current", "rows"))
    title = f"Drift of {name}, last {current.length} against {args['against']}"
    return Observation(title, (table(f"{TEXTBOOK} definitions, thresholds by convention", heads, rows),), facts=rounded_facts(found))


@look(
    "drift scores",
    group=GROUP,
    takes="3m",
    params=(WINDOW,),
    noticeable={
        "score_mean": Noticeable(absolute=0.0005, relative=0.1),
        "psi.": Noticeable(absolute=0.02, relative=0.15),
        "over_threshold": Noticeable(absolute=0.002, relative=0.1),
    },
    covers=("sys.model-monitoring", "dist.service-vs-model-health"),
)
def drift_scores(world: World, args: Args) -> Observation:
    """Distribution of the score now, in the reference and last week, and the share at or over the decision threshold in force."""
    current = trailing(world, args, "window")
    threshold = world.levers["decision.threshold"].number_at(world.now_s)
    spans = {"now": current, "reference": Span(*reference_span(world, world.now_s)), "last-week": current.week_before()}
    scores = {name: served(world, "score", span) for name, span in spans.items()}
    means = {name: profile(values).mean for name, values in scores.items()}
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {"score_mean.now": means["now"]}
    for name, values in scores.items():
        quantiles = [float(q) for q in np.quantile(values, (0.5, 0.9, 0.95, 0.99))] if len(values) else [None] * 4
        share = float((values >= threshold).mean()) if len(values) else None
        psi = measure("psi", thinned(values, REFERENCE_ROWS), thinned(scores["now"], MOST_CURRENT)).value if name != "now" and len(values) else None
        rows.append((name, len(values), means[name], *quantiles, share, psi))
        found[f"over_threshold.{name}"] = share
        if name != "now":
            found |= {f"score_mean_ratio.{name}": over(means["now"], means[name]), f"psi.{name}": psi}
    heads = ("span", ("scores", "rows"), "mean", "median", "p90", "p95", "p99", (f"at or over {threshold:g}", "share"), "PSI of now against it")
    return Observation("Scores", (table(f"Scores, last {current.length}", heads, rows),), facts=rounded_facts(found))


def _report(world: World, current: Span, other: Span) -> dict[str, tuple[DriftResult, ...]]:
    """PSI, KS, JS distance and Wasserstein of each column."""

    def compared(names: list[str]) -> dict[str, tuple[DriftResult, ...]]:
        before = {name: reference_values(world, name, other) for name in names}
        now = {name: current_values(world, name, current) for name in names}
        stability = psi_many(before, now)
        out = {}
        for name in names:
            few, here = thinned(before[name], ORDERED_ROWS), thinned(now[name], ORDERED_ROWS)
            out[name] = (stability[name], *(measure(statistic, few, here, threshold=THRESHOLDS[statistic]) for statistic in ("ks", "js_distance", "wasserstein")))
        return out

    return shared("drift report", world.seed, {name: [*served_parts(world, name, current), *served_parts(world, name, other)] for name in COLUMNS}, compared)
