"""Looks at the feature store's inventory and its online side: views, age of what is stored, what reads came back with."""

from __future__ import annotations

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.features import NO_ROWS_S, VIEW, VIEWS, View
from simulator.durations import HOUR_S
from simulator.instruments.pipelines import last_load
from simulator.instruments.served import known_name, trailing
from simulator.instruments.source_contracts import SOURCE_FIELD, owner_of
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.platform.dags import DAG
from simulator.world import World

GROUP = "features"
VIEW_PARAM = Param("view", "text", "only this view", positional=True, names="view")


def chosen_views(args: Args) -> tuple[View, ...]:
    """The view that was asked for, or all. Raises Refused for a view that does not exist."""
    return (VIEW[known_name("view", args["view"], VIEW)],) if args["view"] else VIEWS


@look("features list", group=GROUP, takes="1m", covers=("sys.feature-store",))
def features_list(world: World, args: Args) -> Observation:
    """Feature views with entity, features, cadence, TTL and owner, and the fields that are streamed with each payment."""
    world.settle()
    owner = DAG["features"].owner
    views = table(
        "Views", ("view", "entity", "features", ("cadence", "s"), ("ttl", "s"), "owner"), [(v.name, v.entity, ", ".join(v.features), v.cadence_s, v.ttl_s, owner) for v in VIEWS]
    )
    fields = table("Streamed with the payment", ("feature", "source", "owner"), [(name, source, owner_of(world.spec, source)) for name, source in SOURCE_FIELD.items()])
    found = {f"cadence_s.{v.name}": v.cadence_s for v in VIEWS} | {f"ttl_s.{v.name}": v.ttl_s for v in VIEWS}
    return Observation("Features", (views, fields), facts=rounded_facts(found))


@look(
    "features age",
    group=GROUP,
    takes="5m",
    params=(VIEW_PARAM,),
    noticeable={
        "age_s.": Noticeable(absolute=600.0, relative=0.15),
        "job_freshness_s.": Noticeable(absolute=600.0, relative=0.15),
        "rows.": Noticeable(absolute=50.0, relative=0.15),
    },
    covers=("sys.feature-store", "dist.skew-vs-staleness", "dist.drift-vs-staleness"),
)
def features_age(world: World, args: Args) -> Observation:
    """Age of each view in the online store by its newest event, beside feast_feature_freshness_seconds, which is the time
    since the job last finished; with TTL and the rows of the last due load."""
    views = chosen_views(args)
    world.settle()
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for view in views:
        newest, job_end = (world.levers[f"online.{part}/{view.name}"].number_at(world.now_s) for part in ("event_time_s", "job_end_s"))
        stored = newest != NO_ROWS_S
        age, freshness, loaded = world.now_s - newest if stored else None, world.now_s - job_end, last_load(world, view.name)
        rows.append((view.name, newest if stored else None, age, freshness, view.cadence_s, view.ttl_s, loaded))
        found |= {f"age_s.{view.name}": age, f"job_freshness_s.{view.name}": freshness, f"rows.{view.name}": loaded, f"stored.{view.name}": stored}
    heads = ("view", ("newest event", "time"), ("age of data", "s"), ("feast_feature_freshness_seconds", "s"), ("cadence", "s"), ("ttl", "s"), ("last due load", "rows"))
    return Observation("Age of online features", (table("Online store", heads, rows),), facts=rounded_facts(found))


@look(
    "features status",
    group=GROUP,
    takes="3m",
    params=(Param("last", "duration", "span to read", HOUR_S),),
    noticeable={
        "present.": Noticeable(absolute=0.005),
        "not_found.": Noticeable(absolute=0.005),
        "timed_out.": Noticeable(absolute=0.005),
        "withheld.": Noticeable(absolute=0.005),
    },
    covers=("sys.feature-store", "dist.service-vs-model-health"),
)
def features_status(world: World, args: Args) -> Observation:
    """What online reads of each view came back with: PRESENT, NOT_FOUND, filled with defaults after a timeout, or withheld on purpose.
    The store does not enforce TTL at a read: a value past it is PRESENT."""
    span = trailing(world, args, "last")
    at_s, weight = (world.rows.numbers(name, span.since_s, span.until_s) for name in ("at_s", "weight"))
    filled = world.rows.column("default_filled", span.since_s, span.until_s).astype(bool)
    total = float(weight.sum())
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for view in VIEWS:
        withheld = world.levers[f"online.withheld/{view.name}"].numbers(at_s) > 0
        empty = world.levers[f"online.event_time_s/{view.name}"].numbers(at_s) == NO_ROWS_S
        masks = (~filled & ~withheld & ~empty, ~filled & ~withheld & empty, filled & ~withheld, withheld)
        shares = [float(weight[mask].sum()) / total if total else None for mask in masks]
        rows.append((view.name, round(total), *shares))
        found |= {f"{name}.{view.name}": share for name, share in zip(("present", "not_found", "timed_out", "withheld"), shares, strict=True)}
    heads = ("view", ("reads", "payments"), ("PRESENT", "share"), ("NOT_FOUND", "share"), ("default after timeout", "share"), ("withheld", "share"))
    return Observation("Status of online reads", (table(f"Last {span.length}", heads, rows),), facts=rounded_facts(found))
