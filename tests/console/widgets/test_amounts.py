from __future__ import annotations

import pytest

from console.widgets.amounts import amount, axis_ticks, short_number, unit_for


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (0.021349, "0.02135"),
        (141.5, "141.5"),
        (1843.2, "1,843"),
        (9999.6, "10,000"),
        (18_400.0, "18.4k"),
        (999_999.0, "1M"),
        (-1_234_567.0, "-1.23M"),
        (2e12, "2T"),
        (float("nan"), "–"),
    ],
)
def test_a_number_takes_little_room(value: float, shown: str) -> None:
    assert short_number(value) == shown


def test_an_amount_is_shown_by_its_unit() -> None:
    assert [amount(0.0173, "share"), amount(7200.0, "s"), amount(12.5, "s"), amount(640.0, "ms"), amount(None, "ms")] == ["1.73%", "2h", "12.5s", "640 ms", "–"]
    assert amount(640.0, "ms", with_unit=False) == "640"


def test_a_ratio_is_a_share_only_while_it_stays_within_one() -> None:
    assert unit_for("ratio", [0.01, 0.9]) == "share"
    assert unit_for("ratio", [0.01, 3.0]) == "ratio"
    assert unit_for("ms", [0.5]) == "ms"


@pytest.mark.parametrize(
    ("low", "high", "unit", "most", "labels"),
    [
        (90.0, 140.0, "", 5, ["100", "120", "140"]),
        (0.0118, 0.0122, "share", 4, ["1.18%", "1.20%", "1.22%"]),
        (9000.0, 22_000.0, "rows", 4, ["10k", "15k", "20k"]),
        (0.0, 3 * 86_400.0, "s", 4, ["0d", "1d", "2d", "3d"]),
        (-5.0, 5.0, "", 3, ["-5", "0", "5"]),
        (5.0, 5.0, "", 3, []),
    ],
)
def test_ticks_are_round_and_short(low: float, high: float, unit: str, most: int, labels: list[str]) -> None:
    assert [text for _, text in axis_ticks(low, high, unit, most)] == labels


@pytest.mark.parametrize("exponent", range(-12, 13, 3))
@pytest.mark.parametrize("most", [1, 2, 5])
def test_ticks_lie_in_the_range_and_are_not_more_than_asked_for(exponent: int, most: int) -> None:
    low, high = 1.234 * 10.0**exponent, 7.89 * 10.0**exponent
    ticks = [at for at, _ in axis_ticks(low, high, "", most)]
    assert 1 <= len(ticks) <= most
    assert all(low * (1 - 1e-9) <= at <= high * (1 + 1e-9) for at in ticks)
