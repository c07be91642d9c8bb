from __future__ import annotations

import numpy as np
import pytest

from simulator.dataplane.scorer import quantile
from simulator.streams import stream


@pytest.mark.parametrize("rows", [1, 2, 3, 10, 999, 1_000, 1_001, 8_000, 24_001])
def test_the_quantile_of_ordered_values_is_numpys_to_the_bit(rows: int) -> None:
    values = stream(1, "test.values", rows).standard_normal((6, rows))
    values[3] = np.rint(values[3])
    for q in (0.001, 0.25, 0.5, 0.999):
        assert (quantile(np.sort(values, axis=1), q) == np.quantile(values, q, axis=1)).all()
