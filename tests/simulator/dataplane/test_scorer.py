from __future__ import annotations

import numpy as np
import pytest

from simulator.dataplane.scorer import fit, quantile
from simulator.streams import stream


@pytest.mark.parametrize("rows", [1, 2, 3, 10, 999, 1_000, 1_001, 8_000, 24_001])
def test_the_quantile_of_ordered_values_is_numpys_to_the_bit(rows: int) -> None:
    values = stream(1, "test.values", rows).standard_normal((6, rows))
    values[3] = np.rint(values[3])
    for q in (0.001, 0.25, 0.5, 0.999):
        assert (quantile(np.sort(values, axis=1), q) == np.quantile(values, q, axis=1)).all()


def test_a_model_with_knots_scores_as_its_weights_say_and_however_the_rows_are_cut() -> None:
    draws = stream(1, "test.bends", 0)
    inputs = draws.standard_normal((4, 3_000))
    labels = (draws.random(3_000) < 1.0 / (1.0 + np.exp(2.0 - 2.0 * np.abs(inputs[0])))).astype(np.float64)
    plain, bent = (fit(inputs, labels, np.ones(3_000), knots) for knots in ((), (-1.0, 0.0, 1.0)))
    scores = bent.score(inputs)
    assert (scores == np.concatenate([bent.score(np.ascontiguousarray(inputs[:, :1_234])), bent.score(np.ascontiguousarray(inputs[:, 1_234:]))])).all()
    standard = (np.clip(inputs, bent.low[:, None], bent.high[:, None]) - bent.mean[:, None]) / bent.sd[:, None]
    logit = bent.coefficients @ standard + sum(bends @ np.maximum(standard - knot, 0.0) for knot, bends in zip(bent.knots, bent.bends, strict=True)) + bent.intercept
    assert np.allclose(scores, 1.0 / (1.0 + np.exp(-logit)))
    fitted = [np.mean(labels * np.log(p) + (1 - labels) * np.log(1 - p)) for p in (plain.score(inputs), scores)]
    assert fitted[1] > fitted[0] + 0.05  # risk that rises on both sides is no straight line
    assert plain.digest() != bent.digest()
