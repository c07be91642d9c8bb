"""The look at callers: how often they try, how often they try again, and how many go without an answer."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.windows import WINDOW_S, ServiceWindows
from simulator.durations import MINUTE_S
from simulator.instruments.served import trailing
from simulator.observation import Observation, Series, rounded_facts, significant, table
from simulator.telemetry.readings import ratio
from simulator.world import World

_NOTICEABLE = {
    "change.": Noticeable(absolute=0.1),
    **{name: Noticeable(absolute=0.004) for name in ("retry_ratio", "worst_retry_ratio", "unserved_ratio", "rejected_ratio", "lost_ratio", "late_ratio")},
    "goodput_ratio": Noticeable(absolute=0.004, relative=0.0),
}
_MOST_ROWS, _MOST_POINTS = 24, 288


@look(
    "callers",
    group="serving",
    takes="2m",
    params=(Param("last", "duration", "how far back", 30 * MINUTE_S, unit="s"),),
    noticeable=_NOTICEABLE,
    covers=("sys.serving", "sys.metrics", "screen.latency-spike"),
)
def callers(world: World, args: Args) -> Observation:
    """Shows what callers did: first tries and tries again, answers, and tries that came too late, were turned away or were lost with a replica;
    and how many callers gave up. Goodput is what was answered, against all that was offered. How callers try again is their team's to tell.
    """
    span = trailing(world, args, "last", 5 * MINUTE_S)
    windows, before = world.service.windows(span.since_s, span.until_s), span.week_before()
    now, early = _figures(windows), _figures(world.service.windows(max(before.since_s, 0.0), max(before.until_s, 0.0)))
    first = windows.requests - windows.retries
    at_s = windows.start_s + WINDOW_S
    values: dict[str, object] = {name: now[name] for name in _FIGURES}
    values |= {f"change.{name}": now[name] / early[name] for name in ("first_per_s", "offered_per_s", "goodput_per_s") if early[name] > 0}
    values["worst_retry_ratio"] = float(np.max(ratio(windows.retries, first), initial=0.0))
    counts = (windows.retries, windows.answered, windows.timed_out, windows.rejected, windows.lost, windows.unserved)
    rows = list(zip(np.rint(at_s).astype(np.int64).tolist(), first.tolist(), *(column.tolist() for column in counts), strict=True))
    heads = (("until", "time"), "first tries", "tries again", "answered", "not answered", "of which turned away", "of which lost", "callers given up")
    figures = [(said, unit, now[name], early[name]) for name, (said, unit) in _FIGURES.items()]
    series = tuple(
        Series(name, "per s", tuple(at_s.tolist()), tuple(significant(count / WINDOW_S) for count in column.tolist()))
        for name, column in (("offered", windows.requests), ("goodput", windows.answered))
    )
    return Observation(
        f"Callers of the last {span.length}",
        tables=(table("Figures", ("figure", "unit", "now", "a week before"), figures), table("By 5 min, newest last", heads, rows[-_MOST_ROWS:])),
        series=series if len(at_s) <= _MOST_POINTS else (),
        facts=rounded_facts(values),
    )


def _figures(windows: ServiceWindows) -> dict[str, float]:
    """Rates and shares over the windows, NaN where there is nothing to measure."""
    seconds = len(windows.start_s) * WINDOW_S
    sums = {name: float(getattr(windows, name).sum()) for name in ("requests", "retries", "answered", "timed_out", "rejected", "lost", "unserved")}
    offered, first = sums["requests"], sums["requests"] - sums["retries"]

    def share(part: float, whole: float) -> float:
        return part / whole if whole > 0 else float("nan")

    return {
        "first_per_s": share(first, seconds),
        "offered_per_s": share(offered, seconds),
        "goodput_per_s": share(sums["answered"], seconds),
        "goodput_ratio": share(sums["answered"], offered),
        "retry_ratio": share(sums["retries"], first),
        "late_ratio": share(sums["timed_out"] - sums["rejected"] - sums["lost"], offered),
        "rejected_ratio": share(sums["rejected"], offered),
        "lost_ratio": share(sums["lost"], offered),
        "unserved_ratio": share(sums["unserved"], first),
    }


_FIGURES = {
    "first_per_s": ("first tries", "per s"),
    "offered_per_s": ("all tries", "per s"),
    "goodput_per_s": ("answered", "per s"),
    "goodput_ratio": ("answered", "of all tries"),
    "retry_ratio": ("tries again", "of first tries"),
    "late_ratio": ("no answer in time", "of all tries"),
    "rejected_ratio": ("turned away", "of all tries"),
    "lost_ratio": ("lost with a replica", "of all tries"),
    "unserved_ratio": ("callers that gave up", "of first tries"),
}
"""What is said of each figure, and its unit."""
