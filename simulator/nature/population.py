"""Payments as they really are: sampled rows with channel, amount, device and the cards' and merchants' true state.

Draws are standard noise in blocks of a day, and only then transformed by what is in force: a shifted
population is the same people, shifted. Entity state follows a mean-reverting (Ornstein-Uhlenbeck) process, so a value
that is `s` seconds old correlates exp(-s/tau) with the true one while its distribution stays the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.durations import DAY_S, HOUR_S
from simulator.levers import Levers
from simulator.streams import stream

Floats = NDArray[np.float64]

CHANNELS = ("web", "app", "marketplace")
REGIONS = ("emea", "amer", "apac")
ROWS_PER_HOUR = 300
CAMPAIGN_ROWS_PER_HOUR = 120
CAMPAIGN_MAX = 0.4
FIRST_DAY = -14
"""Days before the start of the world whose payments are known (with settled truth), so that a first model can exist."""

NORMALS = ("amount", "session", "device_age", "chargeback_delay", "warning_delay")
UNIFORMS = ("channel", "region", "new_device", "mismatch", "outcome", "warned", "reported", "join", "explore", "split", "default", "null")
STATES = 8
"""Latent state dimensions of a payment's card (velocity 0-2, profile 3-5) and merchant (6-7)."""


@dataclass(frozen=True, slots=True)
class DayDraws:
    """Standard noise of one day's candidate rows, in order of time. States have shape [STATES, n]."""

    at_s: Floats
    mark: Floats
    """What a campaign's intensity must exceed for the row to happen; -1 for a normal payment, which always happens."""
    normal: dict[str, Floats]
    uniform: dict[str, Floats]
    now: Floats
    lag: Floats
    lag2: Floats


def within_period(at_s: Floats, period_s: float) -> Floats:
    """`at_s % period_s` to the bit, in half the time; periods are whole seconds."""
    rest = at_s - np.floor(at_s / period_s) * period_s
    # A time just before a period's end may have been divided to a whole number.
    late = rest < 0.0
    if late.any():
        rest[late] += period_s
    return rest


_DRAWN: dict[tuple[int, int, bool], DayDraws] = {}
_KEPT_DAYS = 48
"""The latest days, with and without a campaign, from the onset of an incident to its horizon: its worlds read them again and again. About 3 MB each."""


def day_draws(seed: int, day: int, campaign: bool) -> DayDraws:
    """The draws of one day, with or without the campaign's candidates; late days are kept, and a recomputed one is the same."""
    key = (seed, day, campaign)
    if key in _DRAWN:
        return _DRAWN[key]
    draws = _draw(seed, day, "population", ROWS_PER_HOUR, marked=False)
    if campaign:
        draws = _merge(draws, _draw(seed, day, "campaign", CAMPAIGN_ROWS_PER_HOUR, marked=True))
    _DRAWN[key] = draws
    while len(_DRAWN) > _KEPT_DAYS:
        # Many worlds go over the same weeks to the same end. To let go of what was not used for longest would always hit the day that the next one needs.
        del _DRAWN[min(_DRAWN, key=lambda kept: (kept[0] == seed, kept[1]))]
    return draws


def _draw(seed: int, day: int, kind: str, per_hour: int, *, marked: bool) -> DayDraws:
    n = 24 * per_hour
    block = day - FIRST_DAY
    places = np.sort(stream(seed, f"{kind}.time", block).random((24, per_hour)), axis=1)
    states = [stream(seed, f"{kind}.state.{name}", block).standard_normal((STATES, n)) for name in ("now", "lag", "lag2")]
    return DayDraws(
        at_s=(day * DAY_S + (np.arange(24)[:, None] + places) * HOUR_S).ravel(),
        mark=stream(seed, f"{kind}.mark", block).random(n) if marked else np.broadcast_to(-1.0, n),
        normal={name: stream(seed, f"{kind}.{name}", block).standard_normal(n) for name in NORMALS},
        uniform={name: stream(seed, f"{kind}.{name}", block).random(n) for name in UNIFORMS},
        now=states[0],
        lag=states[1],
        lag2=states[2],
    )


def _merge(one: DayDraws, two: DayDraws) -> DayDraws:
    order = np.argsort(np.concatenate([one.at_s, two.at_s]), kind="stable")

    def joined(a: Floats, b: Floats) -> Floats:
        return np.concatenate([a, b], axis=-1)[..., order]

    return DayDraws(
        at_s=joined(one.at_s, two.at_s),
        mark=joined(one.mark, two.mark),
        normal={name: joined(one.normal[name], two.normal[name]) for name in NORMALS},
        uniform={name: joined(one.uniform[name], two.uniform[name]) for name in UNIFORMS},
        now=joined(one.now, two.now),
        lag=joined(one.lag, two.lag),
        lag2=joined(one.lag2, two.lag2),
    )


@dataclass(frozen=True, slots=True)
class Payments:
    """True attributes of the payments that happened in a span, n rows in order of time."""

    at_s: Floats
    is_campaign: NDArray[np.bool_]
    channel: NDArray[np.int8]
    region: NDArray[np.int8]
    amount: Floats
    """US dollars."""
    session_s: Floats
    new_device: Floats
    mismatch: Floats
    night: Floats
    now: Floats
    """True entity state against what is usual for it [STATES, n]; this carries the risk."""
    habit: Floats
    """What is usual, moved by season and campaign [STATES, n]; the observable state is `now + habit`."""
    lag: Floats
    lag2: Floats
    noise: dict[str, Floats]
    uniform: dict[str, Floats]


def payments(seed: int, levers: Levers, since_s: float, until_s: float) -> Payments:
    """The payments in [since_s, until_s), which must lie within one day; the cut never changes a row."""
    day = int(since_s // DAY_S)
    line = levers["nature.campaign"]
    active = any(line.at(t) for t in (day * DAY_S, *(e.at_s for e in line.edits if day * DAY_S <= e.at_s < (day + 1) * DAY_S)))
    draws = day_draws(seed, day, active)
    first, last = np.searchsorted(draws.at_s, (since_s, until_s))
    keep: slice | NDArray[np.int64] = slice(first, last)
    if active:
        mark = draws.mark[first:last]
        keep = np.flatnonzero((mark < 0) | (mark < line.numbers(draws.at_s[first:last]) / CAMPAIGN_MAX)) + first
    at_s = draws.at_s[keep]
    extra = draws.mark[keep] >= 0
    uniform = {name: draws.uniform[name][keep] for name in UNIFORMS}
    noise = {name: draws.normal[name][keep] for name in NORMALS}
    season = levers["nature.season"].numbers(at_s)
    shift = levers["nature.mix_shift"].numbers(at_s)
    web, app = 0.45 - shift, 0.40 + shift
    web, app = np.where(extra, 0.15, web), np.where(extra, 0.75, app)
    channel = (uniform["channel"] >= web).astype(np.int8) + (uniform["channel"] >= web + app).astype(np.int8)
    level = np.array([3.7, 3.4, 3.9])[channel] + 0.35 * season + 0.25 * extra
    # The season and a campaign bring busy, well-known cards: habits move, the cards' risk does not.
    habit = np.zeros((STATES, len(at_s)))
    habit[1] = 0.15 * season + 0.1 * extra
    habit[5] = 0.5 * season + 0.2 * extra
    habit[7] = 0.6 * season + 0.4 * extra
    hour = within_period(at_s, DAY_S) / HOUR_S
    return Payments(
        at_s=at_s,
        is_campaign=extra,
        channel=channel,
        region=(uniform["region"] >= 0.5).astype(np.int8) + (uniform["region"] >= 0.82).astype(np.int8),
        amount=np.exp(level + 0.9 * noise["amount"]),
        session_s=np.exp(4.6 + np.array([0.0, -0.5, 0.2])[channel] + 0.8 * noise["session"]),
        new_device=(uniform["new_device"] < np.where(extra, 0.05, 0.08)).astype(np.float64),
        mismatch=(uniform["mismatch"] < 0.06).astype(np.float64),
        night=((hour < 6) | (hour >= 23)).astype(np.float64),
        now=draws.now[:, keep],
        habit=habit,
        lag=draws.lag[:, keep],
        lag2=draws.lag2[:, keep],
        noise=noise,
        uniform=uniform,
    )
