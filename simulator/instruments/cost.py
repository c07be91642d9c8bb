"""Looks at money as the company can know it: what the platform costs, and what recent decisions cost."""

from __future__ import annotations

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import DAY_S, HOUR_S, WEEK_S, format_duration
from simulator.errors import Refused
from simulator.observation import Observation, rounded_facts, table
from simulator.telemetry.money_known import KnownLoss, costs_by_day, known_loss, usual_warning_share
from simulator.world import World

_USUAL_WEEKS = 4


@look(
    "cost",
    group="cost",
    takes="3m",
    params=(Param("last", "duration", "how far back", WEEK_S, unit="s"),),
    noticeable={"change.": Noticeable(absolute=0.05), "training_usd": Noticeable(absolute=100.0, relative=0.0)},
    covers=("sys.gpu-cost",),
)
def cost(world: World, args: Args) -> Observation:
    """Shows what replicas and training cost by day, and the cost of a thousand predictions. The first and last day may be in part."""
    world.settle()
    span = args["last"]
    if span < HOUR_S:
        raise Refused("cost: last is at least 1h")
    days = costs_by_day(world, world.settled_s - span, world.settled_s)
    before = costs_by_day(world, world.settled_s - 2 * span, world.settled_s - span)
    rows = [
        (round(start), replica, charged, predictions / 1000.0, 1000.0 * (replica + charged) / predictions if predictions else None)
        for start, replica, charged, predictions in zip(days.start_s.tolist(), days.replica_usd, days.charged_usd, days.predictions, strict=True)
    ]
    replica, charged, predictions = (float(part.sum()) for part in (days.replica_usd, days.charged_usd, days.predictions))
    charges = [(round(at_s), what, usd) for at_s, what, usd in world.charges if world.settled_s - span <= at_s < world.settled_s]
    earlier = float(before.replica_usd.sum())
    per_day = DAY_S / span
    values = {
        "replica_usd_per_day": replica * per_day,
        "training_usd": charged,
        "per_1000_usd": 1000.0 * (replica + charged) / predictions if predictions else None,
        "replica_per_1000_usd": 1000.0 * replica / predictions if predictions else None,
        "predictions_per_day": predictions * per_day,
        "change.replica_usd": replica / earlier if earlier and world.settled_s >= 2 * span else None,
    }
    heads = (("day", "time"), ("replicas", "USD"), ("charges", "USD"), ("predictions", "thousand"), ("per 1000 predictions", "USD"))
    return Observation(
        f"Cost of the last {format_duration(span)}",
        tables=(table("By day", heads, rows), table("Charges", (("at", "time"), "for", ("amount", "USD")), charges)),
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
        rows.append((name.replace("_", " "), "payments" if name in ("warned", "declined", "timed_out") else "USD", amount, usually, *(line[name] for line in usual)))
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
        "timed_out": loss.timed_out,
        "timeouts_usd": loss.timed_out * timeout_usd,
        "platform_usd": loss.replica_usd + loss.charged_usd,
    }
