"""Numbers where there is little room: four digits at most, thousands as k, shares as %, seconds as a duration."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, isfinite, log10

from console.plain.cells import NOTHING
from simulator.durations import DAY_S, HOUR_S, MINUTE_S, format_duration
from simulator.observation import significant

_SCALES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_SCALED_FROM = 10_000.0
_TIME_SCALES = ((DAY_S, "d"), (HOUR_S, "h"), (MINUTE_S, "m"), (1.0, "s"))
_MOST_DECIMALS = 4


def short_number(value: float) -> str:
    """`value` as 0.02134, 141.5, 1,843, 18.4k or 2.1M."""
    if not isfinite(value):
        return NOTHING
    if abs(value) < _SCALED_FROM:
        return f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:.4g}"
    rounded = significant(value, 3)
    size, sign = next((size, sign) for size, sign in _SCALES if abs(rounded) >= size)
    return f"{rounded / size:.4g}{sign}"


def amount(value: float | None, unit: str, *, with_unit: bool = True) -> str:
    """`value` with its unit; `share` is shown in percent, `s` as a duration."""
    if value is None or not isfinite(value):
        return NOTHING
    if unit == "share":
        return f"{100 * value:.3g}%"
    if unit == "s":
        return format_duration(value) if abs(value) >= MINUTE_S else f"{value:.3g}s"
    return f"{short_number(value)} {unit}" if unit and with_unit else short_number(value)


def unit_for(unit: str, values: Sequence[float]) -> str:
    """The unit to show `values` in: a ratio that stays within one is read as a share."""
    return "share" if unit == "ratio" and all(abs(value) <= 1 for value in values) else unit


def axis_ticks(low: float, high: float, unit: str, most: int) -> list[tuple[float, str]]:
    """At most `most` round values between `low` and `high` with their labels, all with the same number of decimals."""
    if not (isfinite(low) and isfinite(high)) or high <= low:
        return []
    size, sign = _scale(max(abs(low), abs(high)), unit)
    ticks = _round_values(low / size, high / size, most)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else abs(ticks[0] if ticks else 0.0) or 1.0
    decimals = max(-floor(log10(step) + 1e-9), 0)
    return [(tick * size, (f"{tick:.{decimals}f}" if decimals <= _MOST_DECIMALS else f"{tick:.2g}") + sign) for tick in ticks]


def _scale(largest: float, unit: str) -> tuple[float, str]:
    if unit == "share":
        return 0.01, "%"
    if unit == "s":
        return next(((size, sign) for size, sign in _TIME_SCALES if largest >= 2 * size), (1.0, "s"))
    return next(((size, sign) for size, sign in _SCALES if largest >= max(size, _SCALED_FROM)), (1.0, ""))


def _round_values(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten, as many as there are up to `most`."""
    if most < 1:
        return []
    power = floor(log10((high - low) / most))
    closer: list[float] = []
    for step in (base * 10.0**exponent for exponent in (power, power + 1, power + 2) for base in (1, 2, 5)):
        values = [k * step for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
        if len(values) <= most:
            # One value alone tells no distance: some of the closer ones do.
            return values if len(values) > 1 or not closer else closer[:: ceil(len(closer) / most)]
        closer = values
    return []
