"""Looks at the sources that other teams own: what they are documented to send, and what has come."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.instruments.served import Span, channels, known_name, over, profile, streamed, trailing, warehoused
from simulator.instruments.source_contracts import SOURCE, SOURCES, in_force_since, owner_of, streamed_source
from simulator.nature.population import CHANNELS, REGIONS, Floats
from simulator.observation import Cell, Observation, Table, rounded_facts, table
from simulator.telemetry.readings import arrivals
from simulator.world import World

GROUP = "sources"
COVERS = ("life.data-collection", "sys.data-pipeline", "debug.red.ignores-upstream")
SOURCE_PARAM = Param("source", "text", "which source", required=True, positional=True, names="source")
LAST = Param("last", "duration", "span to read", 6 * HOUR_S)
BY = Param("by", "text", "split by channel", choices=("channel",))
EQUAL_WITHIN = 0.01


@look(
    "sources list",
    group=GROUP,
    takes="2m",
    noticeable={"arrival_age_s.": Noticeable(absolute=600.0, relative=0.2), "arrival_age_s.chargebacks": Noticeable(absolute=21_600.0)},
    covers=COVERS,
)
def sources_list(world: World, args: Args) -> Observation:
    """Every source with its owner, fields, schema version, and when its newest event arrived."""
    world.settle()
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for source in SOURCES:
        version, _ = in_force_since(world.levers[f"source.schema_version/{source.name}"], world.now_s)
        newest = _newest_arrival(world, source.name)
        rows.append((source.name, owner_of(world.spec, source.name), source.arrives, ", ".join(f.name for f in source.fields), str(version), newest))
        found[f"schema_version.{source.name}"] = str(version)
        found[f"arrival_age_s.{source.name}"] = None if newest is None else world.now_s - newest
    return Observation("Sources", (table("Sources", ("source", "owner", "arrives", "fields", "schema", ("newest arrival", "time")), rows),), facts=rounded_facts(found))


@look("sources schema", group=GROUP, takes="3m", params=(SOURCE_PARAM,), noticeable={"version_age_s": Noticeable(absolute=3600.0)}, covers=COVERS)
def sources_schema(world: World, args: Args) -> Observation:
    """Fields of a source with type and unit as documented, the schema version in force, and since when it is."""
    world.settle()
    source = SOURCE[known_name("source", args["source"], SOURCE)]
    version, since = in_force_since(world.levers[f"source.schema_version/{source.name}"], world.now_s)
    fields = table("Fields as documented", ("field", "type", "unit", "meaning"), [(f.name, f.type, f.unit, f.meaning) for f in source.fields])
    schema = table("Schema version", ("version", ("since", "time"), "owner"), [(str(version), since, owner_of(world.spec, source.name))])
    age = None if since is None else world.now_s - since
    return Observation(f"Schema of {source.name}", (fields, schema), facts=rounded_facts({f"schema_version.{source.name}": str(version), f"version_age_s.{source.name}": age}))


@look(
    "sources profile",
    group=GROUP,
    takes="5m",
    params=(SOURCE_PARAM, LAST, BY),
    noticeable={"nulls.": Noticeable(absolute=0.01), "share.": Noticeable(absolute=0.015, relative=0.05)},
    covers=(*COVERS, "life.data-validation"),
)
def sources_profile(world: World, args: Args) -> Observation:
    """Values of a stream's fields as they reached the model, against the same span a week before: count, empty values, quantiles, mean."""
    source = streamed_source(args["source"])
    span = trailing(world, args, "last")
    split = args["by"] == "channel"
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for field in source.numeric:
        now, before = streamed(world, field, span), streamed(world, field, span.week_before())
        for (name, mine), (_, theirs) in zip(channels(world, span, split), channels(world, span.week_before(), split), strict=True):
            one, two = profile(now[mine]), profile(before[theirs])
            rows += [(field, name, which, p.count, p.nulls, p.p05, p.median, p.p95, p.mean) for which, p in (("now", one), ("a week before", two))]
            place = f"{field}.{name}" if split else field
            found[f"nulls.{place}"] = one.nulls
            found[f"mean_ratio.{place}"] = over(one.mean, two.mean)
            if two.median:
                found[f"median_ratio.{place}"] = over(one.median, two.median)
                found[f"p95_ratio.{place}"] = over(one.p95, two.p95)
    heads = ("field", "channel", "span", ("count", "sampled rows"), ("empty", "share"), "p05", "median", "p95", "mean")
    tables = [table(f"Values, last {span.length}", heads, rows)]
    if source.name == "payments":
        mix, shares = _mix(world, span)
        tables.append(mix)
        found |= shares
    return Observation(f"Profile of {source.name}", tuple(tables), facts=rounded_facts(found))


@look(
    "sources compare",
    group=GROUP,
    takes="8m",
    params=(SOURCE_PARAM, LAST),
    noticeable={"median_ratio.": Noticeable(relative=0.03), "equal.": Noticeable(absolute=0.03, relative=0.0), "empty.": Noticeable(absolute=0.01)},
    covers=(*COVERS, "dist.skew-vs-staleness"),
)
def sources_compare(world: World, args: Args) -> Observation:
    """A stream's values as they were served against the warehouse's for the same payments: median ratio, and the share equal
    within 1 %, by channel. Empty values are counted apart."""
    source = streamed_source(args["source"])
    span = trailing(world, args, "last")
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for field in source.numeric:
        if f"offline.{field}" not in world.rows.chunks[0].columns:
            continue
        here, there = streamed(world, field, span), warehoused(world, field, span)
        for channel, mine in channels(world, span, True):
            known = mine & ~np.isnan(here)
            quotient = here[known] / there[known]
            empty = 1.0 - known.sum() / mine.sum() if mine.any() else None
            median = float(np.median(quotient)) if len(quotient) else None
            equal = float((np.abs(quotient - 1.0) <= EQUAL_WITHIN).mean()) if len(quotient) else None
            rows.append((field, channel, int(mine.sum()), empty, median, equal))
            found |= {f"median_ratio.{field}.{channel}": median, f"equal.{field}.{channel}": equal, f"empty.{field}.{channel}": empty}
    heads = ("field", "channel", ("payments", "sampled rows"), ("empty", "share"), ("stream over warehouse", "median ratio"), ("equal within 1 %", "share"))
    return Observation(f"{source.name}: stream against warehouse", (table(f"Same payments, last {span.length}", heads, rows),), facts=rounded_facts(found))


@look(
    "sources volume",
    group=GROUP,
    takes="3m",
    params=(SOURCE_PARAM, Param("last", "duration", "span to count", DAY_S)),
    noticeable={"volume_ratio": Noticeable(relative=0.05)},
    covers=COVERS,
)
def sources_volume(world: World, args: Args) -> Observation:
    """Events of a source per hour against the same hour a week before; for the chargeback feed, per day."""
    source = SOURCE[known_name("source", args["source"], SOURCE)]
    if not source.streamed:
        return _feed_volume(world)
    span = trailing(world, args, "last", HOUR_S)
    hours = np.arange(np.ceil(span.since_s / HOUR_S), span.until_s // HOUR_S) * HOUR_S
    now, before = _requests_by_hour(world, hours), _requests_by_hour(world, hours - WEEK_S)
    ratios = [over(a, b) for a, b in zip(now, before, strict=True)]
    known = [r for r in ratios if r is not None]
    found: dict[str, object] = {"volume_ratio": over(sum(a or 0.0 for a in now), sum(b or 0.0 for b in before)) if len(known) == len(now) else None}
    found["volume_ratio_least.hour"] = min(known, default=None)
    found["volume_ratio_most.hour"] = max(known, default=None)
    if source.name == "payments":
        week_before = span.week_before()
        weights = [world.rows.numbers("weight", s.since_s, s.until_s) for s in (span, week_before)]
        for (name, mine), (_, theirs) in zip(channels(world, span, True), channels(world, week_before, True), strict=True):
            found[f"volume_ratio.{name}"] = over(float(weights[0][mine].sum()), float(weights[1][theirs].sum()))
    heads = (("hour", "time"), ("events", "events"), ("a week before", "events"), "ratio")
    rows = list(zip(hours.tolist(), now, before, ratios, strict=True))
    return Observation(f"Volume of {source.name}", (table(f"Events per hour, last {span.length}", heads, rows),), facts=rounded_facts(found))


def _feed_volume(world: World) -> Observation:
    world.settle()
    until = world.settled_s // DAY_S * DAY_S
    times, weights = arrivals(world, "chargeback_at_s", until - 14 * DAY_S, until, 90 * DAY_S)
    per_day = np.bincount(((times - (until - 14 * DAY_S)) // DAY_S).clip(0, 13).astype(np.int64), weights=weights, minlength=14)
    rows = [(until - (7 - k) * DAY_S, round(per_day[7 + k]), round(per_day[k]), over(float(per_day[7 + k]), float(per_day[k]))) for k in range(7)]
    found = {"volume_ratio": over(float(per_day[7:].sum()), float(per_day[:7].sum())), "events_per_day": float(per_day[7:].mean())}
    heads = (("day", "time"), ("received", "events"), ("a week before", "events"), "ratio")
    return Observation("Volume of chargebacks", (table("Chargebacks received per day", heads, rows),), facts=rounded_facts(found))


def _requests_by_hour(world: World, hours: Floats) -> list[float | None]:
    """Requests in each hour that starts at `hours`, None for hours before the service was there."""
    if not len(hours):
        return []
    windows = world.service.windows(max(float(hours[0]), 0.0), float(hours[-1]) + HOUR_S)
    place = ((windows.start_s - hours[0]) // HOUR_S).astype(np.int64)
    counts = np.bincount(place, weights=windows.requests.astype(np.float64), minlength=len(hours))
    return [float(counts[k]) if hour >= 0 else None for k, hour in enumerate(hours)]


def _newest_arrival(world: World, source: str) -> float | None:
    until = world.settled_s
    if SOURCE[source].streamed:
        times = world.rows.numbers("at_s", until - HOUR_S, until)
    else:
        times, _ = arrivals(world, "chargeback_at_s", until - 14 * DAY_S, until, 90 * DAY_S)
    return float(times[-1]) if len(times) else None


def _mix(world: World, span: Span) -> tuple[Table, dict[str, object]]:
    """Share of payments by channel and region, now and a week before."""
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    before = span.week_before()
    for field, names in (("channel", CHANNELS), ("region", REGIONS)):
        now, then = (np.bincount(world.rows.column(field, s.since_s, s.until_s).astype(np.int64), minlength=len(names)) for s in (span, before))
        for code, name in enumerate(names):
            share = float(now[code] / now.sum()) if now.sum() else None
            rows.append((field, name, share, float(then[code] / then.sum()) if then.sum() else None))
            found[f"share.{name}"] = share
    return table("Mix", ("field", "value", ("now", "share"), ("a week before", "share")), rows), found
