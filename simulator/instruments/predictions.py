"""A look at single predictions as they were logged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.features import FEATURES
from simulator.durations import HOUR_S, format_duration
from simulator.errors import Refused
from simulator.nature.population import CHANNELS, REGIONS
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.telemetry.labelled import chargeback_label_at
from simulator.world import World

_MOST_ROWS = 100
_NOTICEABLE = {
    "declined": Noticeable(absolute=0.008),
    "default_filled": Noticeable(absolute=0.004),
    "mean_score": Noticeable(absolute=0.003),
    "share": Noticeable(absolute=0.02),
    "median.": Noticeable(absolute=0.003, relative=0.15),
}


@look(
    "predictions",
    group="decisions",
    takes="3m",
    params=(
        Param("last", "duration", "span of payments", HOUR_S, unit="s"),
        Param("where", "text", "a condition such as channel=web, region=emea, version=v3, decision=declined or defaults=yes"),
        Param("n", "integer", "number of rows", 20),
    ),
    noticeable=_NOTICEABLE,
    covers=("sys.serving", "sys.model-monitoring", "screen.skew-example"),
)
def predictions(world: World, args: Args) -> Observation:
    """Shows logged predictions: the features as served, score, version and decision, with the label where it is known; and the medians of all that match."""
    world.settle()
    if not 1 <= args["n"] <= _MOST_ROWS:
        raise Refused(f"predictions: n is from 1 to {_MOST_ROWS}")
    span = (world.settled_s - args["last"], world.settled_s)
    chosen = np.flatnonzero(_matching(world, args["where"], *span))
    if not len(chosen):
        raise Refused(f"predictions: no payment of the last {format_duration(args['last'])} matches {args['where'] or 'that'}")
    shown = chosen[np.unique(np.linspace(0, len(chosen) - 1, min(args["n"], len(chosen))).round().astype(np.int64))]
    features = {name: world.rows.numbers(f"served.{name}", *span) for name in FEATURES}
    column = {name: world.rows.column(name, *span) for name in ("at_s", "channel", "region", "version", "score", "approved", "explored", "default_filled")}
    label_at = chargeback_label_at(world, world.rows.numbers("chargeback_at_s", *span)[shown], world.rows.numbers("join_mark", *span)[shown])
    warned = world.rows.numbers("warning_at_s", *span)[shown] <= world.now_s
    rows: list[tuple[Cell, ...]] = []
    for place, i in enumerate(shown.tolist()):
        decision = "explored" if column["explored"][i] else "approved" if column["approved"][i] else "declined"
        known = "chargeback" if np.isfinite(label_at[place]) else "warned" if warned[place] else None
        rows.append((
            round(float(column["at_s"][i])), f"v{int(column['version'][i])}", CHANNELS[int(column["channel"][i])], REGIONS[int(column["region"][i])],
            float(column["score"][i]), decision, bool(column["default_filled"][i]), known, *(float(features[name][i]) for name in FEATURES),
        ))  # fmt: skip
    medians = {name: float(np.median(values[chosen])) for name, values in features.items()}
    score = column["score"][chosen].astype(np.float64)
    weight = world.rows.numbers("weight", *span)
    facts = {"share": float(weight[chosen].sum() / weight.sum()), "mean_score": float(np.average(score, weights=weight[chosen]))}
    facts["declined"] = float(np.average(1.0 - column["approved"][chosen].astype(np.float64), weights=weight[chosen]))
    facts["default_filled"] = float(np.average(column["default_filled"][chosen].astype(np.float64), weights=weight[chosen]))
    heads: tuple[str | tuple[str, str], ...] = (("at", "time"), "version", "channel", "region", "score", "decision", "on defaults", "known", *FEATURES)
    return Observation(
        f"Predictions of the last {format_duration(args['last'])}" + (f" where {args['where']}" if args["where"] else ""),
        tables=(
            table(f"{len(rows)} of {len(chosen)} sampled payments that match, evenly over time", heads, rows),
            table("All that match", ("figure", "value"), [*facts.items(), *((f"median {name}", value) for name, value in medians.items())]),
        ),
        facts=rounded_facts(facts | {f"median.{name}": value for name, value in medians.items()}),
    )


def _matching(world: World, where: str | None, since_s: float, until_s: float) -> NDArray[np.bool_]:
    """Which payments of the span meet the condition. Raises Refused for one that is not understood."""
    rows = world.rows
    if where is None:
        return np.ones(len(rows.column("at_s", since_s, until_s)), dtype=bool)
    field, _, value = where.partition("=")
    approved, explored = (rows.column(name, since_s, until_s).astype(bool) for name in ("approved", "explored"))
    known: dict[str, dict[str, NDArray[np.bool_]]] = {
        "channel": {name: rows.column("channel", since_s, until_s) == code for code, name in enumerate(CHANNELS)},
        "region": {name: rows.column("region", since_s, until_s) == code for code, name in enumerate(REGIONS)},
        "version": {v.name: rows.column("version", since_s, until_s) == v.number for v in world.registry.versions},
        "decision": {"approved": approved & ~explored, "declined": ~approved, "explored": explored},
        "defaults": {"yes": rows.column("default_filled", since_s, until_s).astype(bool), "no": ~rows.column("default_filled", since_s, until_s).astype(bool)},
    }
    if field not in known:
        raise Refused(f"predictions: where takes one of {', '.join(f'{name}=…' for name in known)}, not {where!r}")
    if value not in known[field]:
        raise Refused(f"predictions: {field} is one of {', '.join(known[field])}, not {value!r}")
    return known[field][value]
