"""Looks at money as the company can know it: what the platform costs, and what recent decisions cost."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import DAY_S, HOUR_S, WEEK_S, format_duration
from simulator.errors import Refused
from simulator.observation import Cell, Observation, Table, rounded_facts, table
from simulator.telemetry.billing import BILLED_AFTER_S, TRAINING, Bill, bill_of, gpu_time, spent
from simulator.telemetry.cost_anomaly import LOOKBACK_S, THRESHOLD_SHARE, THRESHOLD_USD, anomalies
from simulator.telemetry.money_known import KnownLoss, known_loss, usual_warning_share
from simulator.telemetry.signals import read_signal
from simulator.telemetry.signals_cost import daily_budget
from simulator.world import World

_USUAL_WEEKS = 4
_SPLITS = ("day", "resource", "team", "use", "model")


@look(
    "cost",
    group="cost",
    takes="3m",
    params=(
        Param("last", "duration", "how far back", WEEK_S, unit="s"),
        Param("by", "text", "how to split: by day, node pool, team that pays, service that uses it, or model version", "day", choices=_SPLITS),
    ),
    noticeable={"change.": Noticeable(absolute=0.05), "training_usd": Noticeable(absolute=0.2), "gpu_idle": Noticeable(absolute=0.03), "budget_used.": Noticeable(absolute=0.05)},
    covers=("sys.gpu-cost",),
)
def cost(world: World, args: Args) -> Observation:
    """Shows what nodes and training cost, what a thousand predictions cost, and how much GPU time no replica worked in. The first and last day may be in part."""
    world.settle()
    span = args["last"]
    if span < HOUR_S:
        raise Refused("cost: last is at least 1h")
    until = world.settled_s
    bill, (_, before) = bill_of(world, until - span, until), spent(world, until - 2 * span, until - span)
    per_day = DAY_S / span
    total, training = float(bill.usd.sum()), float(bill.resources[TRAINING].sum())
    answered = sum(float(part.sum()) for part in bill.predictions.values())
    paid_s, busy_s = gpu_time(world, until - span, until)
    values = {
        "nodes_usd_per_day": (total - training) * per_day,
        "training_usd": training,
        "per_1000_usd": _per_1000(total, answered),
        "predictions_per_day": answered * per_day,
        "change.usd": total / float(before.sum()) if len(before) == len(bill.start_s) and before.sum() else None,
        "gpu_idle": 1.0 - busy_s / paid_s if paid_s else None,
    }
    split, facts = _by_day(world, bill) if args["by"] == "day" else _by_model(bill, per_day) if args["by"] == "model" else _by_part(world, bill, args["by"], per_day)
    return Observation(
        f"Cost of the last {format_duration(span)}",
        tables=(split,),
        text=(f"At list prices of {world.spec.prices.as_of}. Figures of a day are estimates until its bill is out, {format_duration(BILLED_AFTER_S)} after its end.",),
        facts=rounded_facts(values | facts),
    )


def _per_1000(usd: float, predictions: float) -> float | None:
    return 1000.0 * usd / predictions if predictions else None


def _by_day(world: World, bill: Bill) -> tuple[Table, dict[str, float]]:
    days = bill.by(DAY_S)
    training, predictions = days.resources[TRAINING], np.sum([np.zeros(len(days.start_s)), *days.predictions.values()], axis=0)
    rows = [
        (round(start), usd - trained, trained, answers / 1000.0, _per_1000(usd, answers), "bill" if world.now_s >= out else "estimate", round(out))
        for start, usd, trained, answers, out in zip(days.start_s.tolist(), days.usd, training, predictions, days.end_s + BILLED_AFTER_S, strict=True)
    ]
    heads = (("day", "time"), ("nodes", "USD"), ("training", "USD"), ("predictions", "thousand"), ("per 1000 predictions", "USD"), "figures", ("bill available", "time"))
    return table("By day", heads, rows), {}


def _by_part(world: World, bill: Bill, by: str, per_day: float) -> tuple[Table, dict[str, float]]:
    """By resource, team or use; parts that cost nothing are left out. Teams have their budgets beside them."""
    parts = {"resource": bill.resources, "team": bill.teams, "use": bill.uses}[by]
    costs = {name: float(usd.sum()) for name, usd in sorted(parts.items(), key=lambda part: -float(part[1].sum()))}
    total = sum(costs.values())
    shown: list[tuple[Cell, ...]] = [(name, usd, usd / total, usd * per_day) for name, usd in costs.items() if usd > 0.005]
    facts = {f"usd_per_day.{name}": usd * per_day for name, usd in costs.items() if usd > 0.005}
    heads: list[str | tuple[str, str]] = [by, ("cost", "USD"), ("share", "ratio"), ("per day", "USD")]
    if by == "team":
        now = np.array([world.settled_s])
        budgets = {team: (float(daily_budget(world, team, now)[0]), float(read_signal(world, f"budget_used/{team}", now)[0])) for team in world.spec.budgets}
        shown = [(*row, *budgets.get(str(row[0]), (None, None))) for row in shown]
        facts |= {f"budget_used.{team}": used for team, (_, used) in budgets.items()}
        heads += [("daily budget", "USD"), ("used in the last 24 h", "ratio")]
    return table(f"By {by}", heads, shown), facts


def _by_model(bill: Bill, per_day: float) -> tuple[Table, dict[str, float]]:
    costs = {version: (float(usd.sum()), float(bill.predictions[version].sum())) for version, usd in bill.models.items()}
    rest = float(bill.usd.sum()) - sum(usd for usd, _ in costs.values())
    rows: list[tuple[Cell, ...]] = [(version, usd, usd * per_day, answers / 1000.0, _per_1000(usd, answers)) for version, (usd, answers) in costs.items()]
    rows.append(("no model's own", rest, rest * per_day, None, None))
    facts = {f"usd_per_day.{version}": usd * per_day for version, (usd, _) in costs.items()}
    facts |= {f"per_1000_usd.{version}": 1000.0 * usd / answers for version, (usd, answers) in costs.items() if answers}
    return table("By model", ("version", ("model server", "USD"), ("per day", "USD"), ("predictions", "thousand"), ("per 1000 predictions", "USD")), rows), facts


@look(
    "cost anomalies",
    group="cost",
    takes="2m",
    params=(
        Param("usd", "number", "smallest impact in US dollars that people are told of", THRESHOLD_USD, unit="USD"),
        Param("share", "number", "smallest impact over what was expected that people are told of", THRESHOLD_SHARE),
    ),
    noticeable={"anomalies": Noticeable(absolute=0.5), "impact_usd.": Noticeable(absolute=1.0), "age_s.": Noticeable(absolute=2 * HOUR_S)},
    covers=("sys.gpu-cost", "sys.metrics"),
)
def cost_anomalies(world: World, args: Args) -> Observation:
    """Lists resources and teams whose last 24 hours cost more than the same 24 hours in each of the four weeks before, those under the threshold too."""
    world.settle()
    now = world.settled_s
    found = anomalies(bill_of(world, now - LOOKBACK_S - WEEK_S, now), now)
    over = [a for a in found if a.over(args["usd"], args["share"])]
    rows = [(a.dimension, a.name, a.actual_usd, a.expected_usd, a.impact_usd, a.impact_share, round(a.since_s), "over" if a in over else "under") for a in found]
    values: dict[str, object] = {"anomalies": len(over)}
    for a in found:
        values |= {f"impact_usd.{a.name}": a.impact_usd, f"age_s.{a.name}": now - a.since_s}
    heads = ("dimension", "name", ("actual", "USD"), ("expected", "USD"), ("impact", "USD"), ("impact over expected", "ratio"), ("since", "time"), "threshold")
    return Observation(
        "Cost anomalies of the last 24 h",
        tables=(table("More than in the four weeks before", heads, rows),),
        text=(
            "Expected is the median of the same 24 hours in the four weeks before; all figures are at list prices, before the bill is out.",
            f"The threshold is an impact of USD {args['usd']:g} and {args['share']:.0%} of what was expected.",
        ),
        facts=rounded_facts(values),
    )


@look(
    "impact",
    group="cost",
    takes="4m",
    params=(Param("last", "duration", "span", DAY_S, unit="s"),),
    noticeable={"ratio.": Noticeable(absolute=0.1)},
    covers=("life.monitoring", "sys.model-monitoring"),
)
def impact(world: World, args: Args) -> Observation:
    """Estimates what the last hours cost from what is known: fraud by the warnings that came in, payments declined, callers without an answer.
    The same spans of the four weeks before show what is usual.

    Fraud is the amount that warnings named, divided by the share of charged-back amounts that warnings had named in payments
    four to eight weeks old, with the fee per chargeback.
    """
    world.settle()
    span, money = args["last"], world.spec.money
    if span < HOUR_S:
        raise Refused("impact: last is at least 1h")
    share = usual_warning_share(world, max(world.settled_s - 8 * WEEK_S, 0.0), max(world.settled_s - 4 * WEEK_S, 0.0))
    if not share:
        raise Refused("impact: there are no chargebacks on payments four weeks old yet, so warnings cannot be put in proportion")
    weeks = [k for k in range(_USUAL_WEEKS + 1) if world.settled_s - k * WEEK_S - span >= 0]
    losses = [known_loss(world, world.settled_s - k * WEEK_S - span, world.settled_s - k * WEEK_S) for k in weeks]
    now, usual = _lines(losses[0], share, money.fraud_fee_usd, money.timeout_usd), [_lines(loss, share, money.fraud_fee_usd, money.timeout_usd) for loss in losses[1:]]
    mean = {name: sum(line[name] for line in usual) / len(usual) if usual else None for name in now}
    values: dict[str, object] = {"warning_share": share}
    rows = []
    for name, amount in now.items():
        usually = mean[name]
        rows.append((name.replace("_", " "), "payments" if name in ("warned", "declined", "unserved") else "USD", amount, usually, *(line[name] for line in usual)))
        values[name] = amount
        if usually:
            values[f"ratio.{name}"] = amount / usually
    heads = ("figure", "unit", "now", "mean of the weeks before", *(f"{k} weeks before" if k > 1 else "a week before" for k in weeks[1:]))
    return Observation(
        f"Impact of the last {format_duration(span)}",
        tables=(table("Known so far", heads, rows),),
        text=(
            f"Of amounts charged back in the past, warnings had named {share:.0%}; fraud is what warnings named now, over that share, with USD {money.fraud_fee_usd:g} per case.",
            "Warnings follow payments by about half a day. Which of the declined payments were good is not known.",
        ),
        facts=rounded_facts(values),
    )


def _lines(loss: KnownLoss, share: float, fee_usd: float, timeout_usd: float) -> dict[str, float]:
    return {
        "warned": loss.warned,
        "warned_usd": loss.warned_usd,
        "fraud_usd": loss.fraud_usd(share, fee_usd),
        "declined": loss.declined,
        "declined_usd": loss.declined_usd,
        "unserved": loss.unserved,
        "unserved_usd": loss.unserved * timeout_usd,
        "platform_usd": loss.platform_usd,
    }
