"""Looks at what was decided: shares and amounts, as a whole and by segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import DAY_S, HOUR_S, WEEK_S, format_duration
from simulator.errors import Refused
from simulator.nature.population import Floats
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.telemetry.labelled import SEGMENTS
from simulator.world import World

_NOTICEABLE = {
    "declined": Noticeable(absolute=0.008),
    "explored": Noticeable(absolute=0.002),
    "default_filled": Noticeable(absolute=0.004),
    "mean_score": Noticeable(absolute=0.003),
    "share": Noticeable(absolute=0.02),
    "change.": Noticeable(absolute=0.08),
}


@dataclass(frozen=True, slots=True)
class _Part:
    """Weighted figures of some payments."""

    payments: float
    declined: float
    explored: float
    default_filled: float
    mean_score: float
    amount_mean: float
    declined_usd: float


@look(
    "decisions",
    group="decisions",
    takes="3m",
    params=(
        Param("last", "duration", "span of payments", DAY_S, unit="s"),
        Param("by", "text", "how to split", choices=("channel", "region", "version")),
    ),
    noticeable=_NOTICEABLE,
    covers=("sys.model-monitoring", "dist.service-vs-model-health"),
)
def decisions(world: World, args: Args) -> Observation:
    """Shows what was decided on recent payments: approved, declined, explored, scored on defaults, mean score and amounts, beside the week before."""
    world.settle()
    span = args["last"]
    if span < HOUR_S:
        raise Refused("decisions: last is at least 1h")
    now, before = (_parts(world, end - span, end, args["by"]) for end in (world.settled_s, world.settled_s - WEEK_S))
    rows: list[tuple[Cell, ...]] = []
    values: dict[str, object] = {}
    total = now["all"].payments
    for name in dict.fromkeys((*now, *before)):
        late, early = now.get(name), before.get(name)
        for when, part in (("now", late), ("a week before", early)):
            if part is not None:
                shares = (1.0 - part.declined, part.declined, part.explored, part.default_filled)
                rows.append((name, when, part.payments, *shares, part.mean_score, part.amount_mean, part.declined_usd))
        if late is None:
            continue
        dot = "" if name == "all" else f".{name}"
        values |= {f"declined{dot}": late.declined, f"mean_score{dot}": late.mean_score, f"default_filled{dot}": late.default_filled, f"amount_mean{dot}": late.amount_mean}
        values[f"share{dot}" if dot else "payments"] = late.payments / total if dot else total
        if early is not None:
            suffix = dot or ".all"
            values |= {f"change.declined{suffix}": _over(late.declined, early.declined), f"change.mean_score{suffix}": _over(late.mean_score, early.mean_score)}
        if not dot:
            values["explored"] = late.explored
            if early is not None:
                values |= {"change.payments": _over(total, early.payments), "change.amount_mean": _over(late.amount_mean, early.amount_mean)}
    heads = (
        args["by"] or "payments", "when", "payments", ("approved", "ratio"), ("declined", "ratio"), ("explored", "ratio"), ("scored on defaults", "ratio"),
        "mean score", ("mean amount", "USD"), ("declined amount", "USD"),
    )  # fmt: skip
    return Observation(f"Decisions of the last {format_duration(span)}", tables=(table("Decisions", heads, rows),), facts=rounded_facts(values))


def _parts(world: World, since_s: float, until_s: float, by: str | None) -> dict[str, _Part]:
    """Figures of all payments of the span under `all`, and of each segment that has any."""

    def of(name: str) -> Floats:
        return world.rows.numbers(name, since_s, until_s)

    weight, approved, explored, filled, score, paid = (of(name) for name in ("weight", "approved", "explored", "default_filled", "score", "paid"))
    if not len(weight):
        raise Refused(f"decisions: there are no payments before the last {format_duration(world.settled_s - since_s)}")
    groups: dict[str, NDArray[np.bool_]] = {"all": np.ones(len(weight), dtype=bool)}
    if by == "version":
        numbers = of("version")
        groups |= {f"v{int(number)}": numbers == number for number in np.unique(numbers)}
    elif by is not None:
        codes = of(by)
        groups |= {name: codes == code for code, name in enumerate(SEGMENTS[by]) if (codes == code).any()}
    out = {}
    for name, mine in groups.items():
        w = weight[mine]
        total = float(w.sum())
        declined, through, on_defaults, mean_score, amount = (float((w * part[mine]).sum()) / total for part in (1.0 - approved, explored, filled, score, paid))
        out[name] = _Part(total, declined, through, on_defaults, mean_score, amount, float((w * (1.0 - approved[mine]) * paid[mine]).sum()))
    return out


def _over(late: float, early: float) -> float | None:
    return late / early if early > 0 else None
