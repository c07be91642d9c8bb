from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.spatial.distance import jensenshannon

from simulator.streams import stream
from simulator.telemetry.drift import THRESHOLDS, Statistic, hellinger_of, js_distance_of, kl_of, l_infinity_of, measure, psi, psi_many, psi_of, psi_without_drift

EVERY: tuple[Statistic, ...] = tuple(THRESHOLDS)
FINITE = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
ROWS = arrays(np.float64, st.integers(1, 60), elements=FINITE)


def normal(name: str, rows: int, mean: float = 0.0) -> np.ndarray:
    return stream(7, name).normal(mean, 1.0, rows)


def measured(statistic: Statistic, reference: object, current: object, **options: object) -> float:
    value = measure(statistic, reference, current, **options).value  # type: ignore[arg-type]
    assert value is not None
    return value


# SciPy's own p-value, not used here, divides by zero for one row against one.
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS)
def test_ks_is_scipys(reference: np.ndarray, current: np.ndarray) -> None:
    result = measure("ks", reference, current)
    theirs = stats.ks_2samp(reference, current, method="asymp").statistic
    effective = len(reference) * len(current) / (len(reference) + len(current))
    assert result.value == pytest.approx(theirs, abs=1e-12)
    assert result.p_value == pytest.approx(stats.kstwobign.sf(np.sqrt(effective) * theirs), rel=1e-9, abs=1e-12)


def test_the_p_value_of_ks_approaches_scipys_for_many_rows() -> None:
    reference, current = normal("a", 20_000), normal("b", 20_000, 0.02)
    assert measure("ks", reference, current).p_value == pytest.approx(stats.ks_2samp(reference, current, method="asymp").pvalue, rel=0.02)


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS, st.integers(0, 2**32 - 1))
def test_wasserstein_is_scipys_over_the_deviation_of_the_reference(reference: np.ndarray, current: np.ndarray, seed: int) -> None:
    left, right = stream(seed, "left").uniform(0.1, 2, len(reference)), stream(seed, "right").uniform(0.1, 2, len(current))
    deviation = np.sqrt(np.cov(reference, aweights=left, ddof=0)) if len(reference) > 1 else 0.0
    theirs = stats.wasserstein_distance(reference, current, left, right)
    ours = measured("wasserstein", reference, current, reference_weights=left, current_weights=right)
    assert ours * max(float(deviation), 1e-3) == pytest.approx(theirs, rel=1e-9, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=2, max_size=8), st.integers(0, 2**32 - 1))
def test_chi_square_on_categories_is_scipys_without_correction(counts: list[int], seed: int) -> None:
    other = stream(seed, "other").integers(1, 300, len(counts))
    names = np.array([f"c{i}" for i in range(len(counts))])
    result = measure("chi_square", np.repeat(names, counts), np.repeat(names, other))
    theirs = stats.chi2_contingency(np.array([counts, other]), correction=False)
    assert result.value == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-9)
    assert result.p_value == pytest.approx(theirs.pvalue, rel=1e-9, abs=1e-12)
    assert (result.bins, result.n_ref, result.n_cur) == (len(counts), sum(counts), int(other.sum()))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 12), st.integers(0, 2**32 - 1))
def test_divergences_of_shares_are_scipys(bins: int, seed: int) -> None:
    p, q = stream(seed, "shares").dirichlet(np.full(bins, 20.0), 2)
    assert kl_of(p, q) == pytest.approx(stats.entropy(p, q), rel=1e-9)
    assert float(psi_of(p, q)) == pytest.approx(stats.entropy(p, q) + stats.entropy(q, p), rel=1e-9)
    assert js_distance_of(p, q) == pytest.approx(jensenshannon(p, q), rel=1e-9)
    assert hellinger_of(p, q) == pytest.approx(np.sqrt(1 - np.sum(np.sqrt(p * q))), abs=1e-7)
    assert l_infinity_of(p, q) == max(abs(p - q))


def test_disjoint_shares_give_the_largest_bounded_distances_and_a_finite_psi() -> None:
    p, q = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert js_distance_of(p, q) == pytest.approx(np.sqrt(np.log(2)))
    assert hellinger_of(p, q) == pytest.approx(1.0)
    assert l_infinity_of(p, q) == 1.0
    assert float(psi_of(p, q)) == pytest.approx(2 * (1 - 1e-4) * np.log(1e4))


def test_psi_is_the_formula_over_deciles_of_the_reference_with_open_ends() -> None:
    reference, current = normal("reference", 5_000), normal("current", 3_000, 0.4) * 1.3
    edges = np.quantile(reference, np.arange(1, 10) / 10, method="inverted_cdf")
    p, q = (np.bincount(np.searchsorted(edges, rows, side="left"), minlength=10) / len(rows) for rows in (reference, current))
    result = psi(reference, current)
    assert np.allclose(p, 0.1)
    assert result.value == pytest.approx(float(np.sum((q - p) * np.log(q / p))), rel=1e-12)
    assert (result.statistic, result.threshold, result.bins, result.n_ref, result.n_cur, result.convention) == ("psi", 0.1, 10, 5_000, 3_000, "textbook")
    assert result.drifted is True
    assert psi(reference, reference).value == 0.0


SHIFTS = {  # mean shift in standard deviations: PSI, KS D, Wasserstein, Jensen-Shannon distance, KL
    0.1: (0.009, 0.040, 0.10, 0.035, 0.005),
    0.2: (0.040, 0.082, 0.20, 0.071, 0.020),
    0.3: (0.086, 0.120, 0.30, 0.105, 0.045),
    0.4: (0.156, 0.160, 0.40, 0.140, 0.081),
    0.5: (0.233, 0.197, 0.50, 0.171, 0.120),
    0.75: (0.523, 0.293, 0.75, 0.253, 0.273),
    1.0: (0.926, 0.384, 1.00, 0.330, 0.488),
}


@pytest.mark.parametrize("shift", SHIFTS)
def test_a_mean_shift_of_a_normal_gives_the_known_values(shift: float) -> None:
    levels = (np.arange(40_000) + 0.5) / 40_000
    reference = stats.norm.ppf(levels)
    table = dict(zip(("psi", "ks", "wasserstein", "js_distance", "kl"), SHIFTS[shift], strict=True))
    for statistic, known in table.items():
        # The known values are rounded to three places, so half of the last place comes on top of the 5 %.
        assert measured(statistic, reference, reference + shift) == pytest.approx(known, abs=0.05 * known + 0.0005), statistic  # type: ignore[arg-type]


def test_statistics_that_need_finer_bins_have_them() -> None:
    reference, current = normal("fine r", 2_000), normal("fine c", 2_000)
    assert [measure(statistic, reference, current).bins for statistic in EVERY] == [10, 20, 20, 20, 10, 10, None, None]
    assert measure("kl", reference, current, bins=7).bins == 7


def test_psi_without_drift_has_the_stated_mean_and_95_percent_point() -> None:
    values = np.array([psi(normal(f"r{i}", 500), normal(f"c{i}", 500)).value for i in range(1_500)], dtype=float)
    noise = psi_without_drift(10, 500, 500)
    assert noise.expected == pytest.approx(9 * 2 / 500)
    assert noise.upper == pytest.approx(stats.chi2.ppf(0.95, 9) * 2 / 500, rel=1e-12)
    assert values.mean() == pytest.approx(noise.expected, rel=0.05)
    assert np.quantile(values, 0.95) == pytest.approx(noise.upper, rel=0.08)
    assert np.mean(values > 0.1) < 0.01


def test_psi_on_small_windows_alarms_without_drift() -> None:
    values = np.array([psi(normal(f"small r{i}", 100), normal(f"small c{i}", 100)).value for i in range(600)], dtype=float)
    assert values.mean() == pytest.approx(0.19, abs=0.02)
    assert np.mean(values > 0.1) == pytest.approx(0.85, abs=0.05)
    assert np.mean(values > 0.25) == pytest.approx(0.21, abs=0.05)


def test_the_p_values_of_ks_are_uniform_without_drift() -> None:
    alarms = [measure("ks", normal(f"u{i}", 400), normal(f"v{i}", 400)).drifted for i in range(800)]
    assert np.mean(alarms) == pytest.approx(0.05, abs=0.025)


def table_of_columns(rows: int, name: str) -> dict[str, np.ndarray]:
    draws = stream(3, name)
    gaps = draws.normal(0, 1, rows)
    gaps[draws.uniform(size=rows) < 0.2] = np.nan
    mostly_zero = np.where(draws.uniform(size=rows) < 0.7, 0.0, draws.gamma(2, 1, rows))
    return {
        "gaps": gaps,
        "mostly_zero": mostly_zero,
        "count": draws.poisson(1.5, rows).astype(float),
        "constant": np.full(rows, 5.0),
        "segment": draws.choice(np.array(["web", "app", "api"]), rows),
        "null": np.full(rows, np.nan),
        "wide": draws.normal(0, 100, rows),
        "flag": draws.uniform(size=rows) < 0.4,
    }


@pytest.mark.parametrize("missing", ["drop", "bin"])
@pytest.mark.parametrize("weighted", [False, True])
def test_psi_of_many_columns_equals_psi_column_by_column(missing: str, weighted: bool) -> None:
    reference, current = table_of_columns(900, "reference"), table_of_columns(400, "current")
    weights = {"reference_weights": stream(1, "w").integers(0, 3, 900) / 2, "current_weights": stream(2, "w").uniform(0, 1, 400)} if weighted else {}
    many = psi_many(reference, current, missing=missing, **weights)  # type: ignore[arg-type]
    assert list(many) == list(reference)
    for name in reference:
        single = psi(reference[name], current[name], missing=missing, **weights)  # type: ignore[arg-type]
        assert many[name].value == (None if single.value is None else pytest.approx(single.value, rel=1e-9, abs=1e-12))
        assert (many[name].bins, many[name].n_ref, many[name].n_cur) == (single.bins, single.n_ref, single.n_cur)


def test_a_column_that_has_gone_missing_is_not_measured_among_many() -> None:
    many = psi_many({"gone": normal("g", 50), "kept": normal("k", 50)}, {"gone": np.full(30, np.nan), "kept": normal("k", 30)})
    assert (many["gone"].value, many["gone"].drifted, many["gone"].n_ref, many["gone"].n_cur) == (None, None, 50, 0)
    assert many["kept"].value is not None


def test_psi_of_many_columns_names_the_columns_that_are_on_one_side_only() -> None:
    with pytest.raises(ValueError, match="columns on one side only: b, c"):
        psi_many({"a": [1.0], "b": [1.0]}, {"a": [1.0], "c": [1.0]})


def test_psi_of_many_columns_refuses_columns_of_different_length() -> None:
    with pytest.raises(ValueError, match="columns of one table have 1 to 2 rows"):
        psi_many({"a": [1.0], "b": [1.0]}, {"a": [1.0], "b": [1.0, 2.0]})


@pytest.mark.parametrize("statistic", EVERY)
def test_integer_weights_give_what_repeated_rows_give(statistic: Statistic) -> None:
    reference, current = normal("wr", 300).round(1), normal("wc", 200, 0.3).round(1)
    left, right = stream(5, "left").integers(0, 4, 300), stream(5, "right").integers(0, 4, 200)
    weighted = measured(statistic, reference, current, reference_weights=left, current_weights=right)
    repeated = measured(statistic, np.repeat(reference, left), np.repeat(current, right))
    if statistic == "chi_square":
        # A test counts rows, and a row of weight 3 is still one row: less evidence than three rows.
        assert weighted < repeated
    else:
        assert weighted == pytest.approx(repeated, rel=1e-9)


@pytest.mark.parametrize("statistic", EVERY)
def test_equal_weights_of_any_size_change_nothing(statistic: Statistic) -> None:
    reference, current = normal("er", 300), normal("ec", 200, 0.3)
    weighted = measure(statistic, reference, current, reference_weights=np.full(300, 0.3), current_weights=np.full(200, 7.0))
    plain = measure(statistic, reference, current)
    assert weighted.value == pytest.approx(plain.value, rel=1e-9)
    assert weighted.p_value == (None if plain.p_value is None else pytest.approx(plain.p_value, rel=1e-6))


def test_unequal_weights_make_the_test_of_ks_more_careful() -> None:
    reference, current = normal("kr", 2_000), normal("kc", 2_000, 0.05)
    lopsided = np.where(np.arange(2_000) % 10 == 0, 10.0, 0.1)
    p_value = measure("ks", reference, current, reference_weights=lopsided, current_weights=lopsided).p_value
    value = measured("ks", reference, current, reference_weights=lopsided, current_weights=lopsided)
    assert p_value is not None
    assert p_value > stats.kstwobign.sf(np.sqrt(1_000) * value)


@pytest.mark.parametrize("statistic", EVERY)
@pytest.mark.parametrize("nothing", [np.zeros(0), np.full(20, np.nan), np.array([None] * 20, dtype=object)])
def test_a_side_without_values_is_not_measured(statistic: Statistic, nothing: np.ndarray) -> None:
    full = normal("full", 50)
    for reference, current in ((full, nothing), (nothing, full), (nothing, nothing)):
        result = measure(statistic, reference, current)
        assert (result.value, result.p_value, result.drifted) == (None, None, None)
        assert (result.n_ref, result.n_cur) == (50 if reference is full else 0, 50 if current is full else 0)


@pytest.mark.parametrize("statistic", EVERY)
def test_a_constant_column_shows_no_drift_until_it_moves(statistic: Statistic) -> None:
    constant = np.full(200, 5.0)
    assert measured(statistic, constant, constant) == 0.0
    assert measure(statistic, constant, constant).drifted is False
    for moved in (4.9, 5.1):
        assert measure(statistic, constant, np.full(200, moved)).drifted is True


def test_a_shift_between_a_frequent_value_and_the_rest_is_seen_in_both_directions() -> None:
    rest = np.abs(normal("rest", 1_000)) + 1
    mostly = np.where(np.arange(1_000) < 950, 0.0, rest)
    half = np.where(np.arange(1_000) < 500, 0.0, rest)
    for sign in (1.0, -1.0):
        assert measured("psi", sign * mostly, sign * half) > 1.0
        assert measured("l_infinity", sign * mostly, sign * half) == pytest.approx(0.45)


def test_codes_are_compared_one_by_one_when_there_are_few_of_them() -> None:
    reference, current = np.repeat([1, 2, 3, 4], [10, 20, 30, 40]), np.repeat([1, 2, 3, 4], [40, 30, 20, 10])
    result = psi(reference, current)
    p, q = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.4, 0.3, 0.2, 0.1])
    assert result.value == pytest.approx(float(np.sum((q - p) * np.log(q / p))))
    assert result.bins == 4


def test_values_outside_the_reference_are_counted_and_infinities_too() -> None:
    reference = normal("inside", 1_000)
    outside = np.full(100, np.inf)
    assert psi(reference, outside).n_cur == 100
    assert measured("psi", reference, outside) == pytest.approx(measured("psi", reference, np.full(100, 1e9)))
    assert measured("ks", reference, outside) == 1.0
    assert measure("wasserstein", reference, outside).value is None


def test_a_rise_in_nulls_is_seen_only_where_nulls_have_a_bin() -> None:
    reference, current = normal("nulls", 2_000), normal("nulls", 2_000)
    current[::2] = np.nan
    assert measured("psi", reference, current) < 0.02
    with_bin = psi(reference, current, missing="bin")
    assert with_bin.value is not None
    assert with_bin.value > 4
    assert (with_bin.bins, with_bin.n_cur) == (11, 2_000)
    assert psi(reference, np.full(10, np.nan), missing="bin").drifted is True


def test_categories_may_be_missing_new_or_of_another_type() -> None:
    assert psi(np.array(["a", "b", None], dtype=object), np.array(["a", "b"], dtype=object)).n_ref == 2
    assert measured("l_infinity", ["a"] * 10, ["a"] * 6 + ["new"] * 4) == pytest.approx(0.4)
    assert measured("psi", np.array([1, 2, 2]), np.array(["1", "2", "2"])) == 0.0
    assert measured("psi", np.array([True, False]), np.array([True, False])) == 0.0
    assert measured("psi", np.array([1, 2.5, None], dtype=object), np.array([1, 2.5])) == 0.0


@pytest.mark.parametrize("statistic", ["ks", "wasserstein"])
def test_order_statistics_refuse_categories(statistic: Statistic) -> None:
    with pytest.raises(ValueError, match="needs numbers on both sides"):
        measure(statistic, ["a", "b"], ["a"])


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [1.0, np.nan]])
def test_wrong_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        psi([1.0, 2.0], [1.0], reference_weights=weights)


def test_a_harmless_shift_is_significant_on_many_rows_and_small_in_size() -> None:
    reference, current = normal("huge r", 400_000), normal("huge c", 400_000, 0.02)
    assert measure("ks", reference, current).drifted is True
    assert measure("psi", reference, current).drifted is False
    assert measure("wasserstein", reference, current).drifted is False


def test_importing_the_statistics_loads_neither_scipy_nor_scikit_learn_nor_pandas() -> None:
    code = (
        "import sys, simulator.telemetry.drift, simulator.telemetry.quality, simulator.telemetry.estimate; print([m for m in ('scipy', 'sklearn', 'pandas') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
