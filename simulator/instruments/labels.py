"""Looks at labels: how much of the truth has come, whether it finds its payments, and what it says at equal age."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.errors import Refused
from simulator.instruments.label_cohorts import Paid, day_floor, last_join_s, paid, weeks_before
from simulator.nature.population import Floats
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.platform.label_join import join_runs
from simulator.world import World

GROUP = "labels"
COHORTS = 6
CURVE_WEEKS = 3
RATE_AGE_S = 10 * DAY_S
JOIN_DAYS = 14
MOST_WEEKS = 10
LONGEST_DELAY_S = 90 * DAY_S


@look(
    "labels maturity",
    group=GROUP,
    takes="5m",
    noticeable={
        "matured.": Noticeable(absolute=0.03, relative=0.05),
        "warned.": Noticeable(absolute=0.03, relative=0.05),
        "labels_per_10k.": Noticeable(absolute=3.0, relative=0.15),
    },
    covers=("life.feedback", "sys.model-monitoring"),
)
def labels_maturity(world: World, args: Args) -> Observation:
    """For payments by week: the share of their eventual labels that have come by now, read off the delays of older payments;
    for chargebacks and for the networks' earlier warnings. Week -1 is the newest."""
    world.settle()
    end = day_floor(world.settled_s)
    oldest = end - (COHORTS + CURVE_WEEKS) * WEEK_S
    everything = paid(world, max(oldest, 0.0), end)
    settled = everything.cut(oldest, end - COHORTS * WEEK_S) if len(everything.at_s) else everything
    curves = {kind: _delays(settled, kind) for kind in ("chargeback_at_s", "warning_at_s")}
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for k, since, until in weeks_before(end, COHORTS):
        week = everything.cut(since, until)
        total = float(week.weight.sum())
        if not total:
            continue
        matured, warned = (_come(curves[kind], world.now_s - week.at_s, week.weight) for kind in ("chargeback_at_s", "warning_at_s"))
        labels, warnings = (_heard(week, kind) for kind in ("chargeback_at_s", "warning_at_s"))
        rows.append((f"week_-{k}", since, round(total), round(labels), matured, round(warnings), warned))
        found |= {f"matured.week_-{k}": matured, f"warned.week_-{k}": warned, f"labels_per_10k.week_-{k}": 1e4 * labels / total}
    heads = (
        "cohort",
        ("from", "time"),
        ("approved", "payments"),
        ("chargebacks joined", "payments"),
        ("of those expected", "share"),
        ("warnings", "payments"),
        ("of those expected", "share"),
    )
    return Observation("Maturity of labels", (table("Payments by week", heads, rows),), facts=rounded_facts(found))


@look(
    "labels join",
    group=GROUP,
    takes="4m",
    noticeable={"join_ratio.": Noticeable(absolute=0.03, relative=0.0)},
    covers=("life.feedback", "sys.data-pipeline", "debug.green.pipeline-first"),
)
def labels_join(world: World, args: Args) -> Observation:
    """Chargebacks that arrived against those joined to a payment, by day of arrival for 14 days. Those that came after the
    newest join run are still waiting for one."""
    world.settle()
    now = world.settled_s
    since = day_floor(now) - (JOIN_DAYS - 1) * DAY_S
    lookback = (since - LONGEST_DELAY_S, now)
    arrival, mark, weight = (world.rows.numbers(name, *lookback) for name in ("chargeback_at_s", "join_mark", "weight"))
    recent = (arrival > since) & (arrival <= now)
    arrival, mark, weight = arrival[recent], mark[recent], weight[recent]
    joined = world.labels_known_at(arrival, mark) <= world.now_s
    tried = arrival <= (last_join_s(world) or float("-inf"))
    rows: list[tuple[Cell, ...]] = []
    for day in since + np.arange(JOIN_DAYS) * DAY_S:
        mine = (arrival > day) & (arrival <= day + DAY_S)
        seen = float(weight[mine & tried].sum())
        arrived, found_one, waiting = (round(float(weight[m].sum())) for m in (mine, mine & joined, mine & ~tried & ~joined))
        rows.append((float(day), arrived, found_one, waiting, _share(weight[mine & tried & joined], seen)))
    found: dict[str, object] = {}
    _, ends = join_runs(world.log)
    if len(ends):
        last = float(ends[-1])
        for name, a, b in (("last_3d", last - 3 * DAY_S, last - HOUR_S), ("before", since, last - 3 * DAY_S)):
            inside = (arrival > a) & (arrival <= b)
            found[f"join_ratio.{name}"] = _share(weight[inside & joined], float(weight[inside].sum()))
    heads = (("day of arrival", "time"), ("arrived", "chargebacks"), ("joined", "chargebacks"), ("waiting", "chargebacks"), ("joined of those tried", "share"))
    return Observation("Joining of chargebacks", (table("Last 14 days", heads, rows),), facts=rounded_facts(found))


@look(
    "labels rate",
    group=GROUP,
    takes="5m",
    params=(Param("weeks", "integer", "how many weeks of payments", 8),),
    noticeable={"rate_at_10d.": Noticeable(absolute=2.0, relative=0.12)},
    covers=("life.feedback", "dist.data-vs-concept-drift", "sys.model-monitoring"),
)
def labels_rate(world: World, args: Args) -> Observation:
    """Chargebacks per 10,000 approved payments by week of payment, each counted at the age of 10 days, so that weeks compare.
    Week -1 is the newest whose payments are all that old."""
    weeks = int(args["weeks"])
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(f"--weeks goes from 1 to {MOST_WEEKS}, not {weeks}")
    world.settle()
    joined = last_join_s(world)
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    end = day_floor((joined or 0.0) - RATE_AGE_S)
    everything = paid(world, max(end - weeks * WEEK_S, 0.0), max(end, 0.0))
    for k, since, until in weeks_before(end, weeks):
        week = everything.cut(since, until)
        total = float(week.weight.sum())
        if not total:
            continue
        disputed = float(week.weight[week.chargeback_at_s - week.at_s <= RATE_AGE_S].sum())
        rows.append((f"week_-{k}", since, until, round(total), round(disputed), 1e4 * disputed / total))
        found[f"rate_at_10d.week_-{k}"] = 1e4 * disputed / total
    heads = ("cohort", ("from", "time"), ("to", "time"), ("approved", "payments"), ("chargebacks at 10 d", "payments"), ("rate", "per 10k"))
    return Observation("Chargeback rate at equal age", (table("Payments by week", heads, rows),), facts=rounded_facts(found))


def _delays(cohort: Paid, kind: str) -> tuple[Floats, Floats]:
    """Delays of what has come about a cohort, ascending, with the share of it that came within each."""
    delay = getattr(cohort, kind) - cohort.at_s
    come = np.isfinite(delay)
    order = np.argsort(delay[come], kind="stable")
    weight = cohort.weight[come][order]
    return delay[come][order], np.cumsum(weight) / max(float(weight.sum()), 1e-12)


def _come(curve: tuple[Floats, Floats], ages: Floats, weight: Floats) -> float | None:
    """Expected share that has come at the ages of a cohort, None without a curve."""
    delays, share = curve
    if not len(delays):
        return None
    return float(np.average(np.concatenate([[0.0], share])[np.searchsorted(delays, ages, side="right")], weights=weight))


def _heard(cohort: Paid, kind: str) -> float:
    return float(cohort.weight[np.isfinite(getattr(cohort, kind))].sum())


def _share(part: Floats, whole: float) -> float | None:
    return float(part.sum()) / whole if whole > 0 else None
