"""Waits and backlogs of the queues on cases small enough to do by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.dataplane.queues import CALL, ROUTINGS, TICK_S, Backlog, on_ticks, serve
from simulator.streams import stream


def _array(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_requests_at_one_replica_wait_for_those_before_them() -> None:
    served = serve(_array(0, 1, 2), _array(3, 3, 3), Backlog.idle(1), "random", replica=np.zeros(3, dtype=np.uint8))
    assert served.wait_s.tolist() == [0.0, 2.0, 4.0]
    assert served.backlog.free_s == (9.0,)


def test_round_robin_goes_on_where_the_last_span_stopped() -> None:
    first = serve(_array(0, 0.5, 1), _array(10, 1, 10), Backlog.idle(2), "round-robin")
    assert first.wait_s.tolist() == [0.0, 0.0, 9.0]
    assert first.backlog.turn == 1
    second = serve(_array(0), _array(1), first.backlog.later(2.0), "round-robin")
    assert second.wait_s.tolist() == [0.0]


def test_shared_queue_uses_the_first_server_that_is_free() -> None:
    served = serve(_array(0, 1, 2, 3), _array(10, 2, 5, 1), Backlog.idle(2), "shared")
    assert served.wait_s.tolist() == [0.0, 0.0, 1.0, 5.0]
    assert served.backlog.free_s == (9.0, 10.0)


def test_shortest_queue_counts_requests_and_not_their_work() -> None:
    served = serve(_array(0, 1, 2, 3), _array(100, 1.5, 1, 1), Backlog.idle(2), "shortest")
    assert served.wait_s.tolist() == [0.0, 0.0, 98.0, 0.0]


def test_a_caller_that_waited_its_patience_leaves_and_takes_no_time_of_the_replica() -> None:
    for routing in ROUTINGS:
        replica = np.zeros(3, dtype=np.uint8) if routing == "random" else None
        served = serve(_array(0, 1, 4), _array(5, 5, 5), Backlog.idle(1), routing, replica=replica, patience_s=2.0)
        assert served.left.tolist() == [False, True, False]
        assert served.wait_s.tolist() == [0.0, 2.0, 1.0]
        assert served.backlog.free_s == (10.0,)


def test_patience_may_differ_between_callers() -> None:
    served = serve(_array(0, 1, 1), _array(5, 5, 5), Backlog.idle(1), "shared", patience_s=_array(9, 3, 9))
    assert served.left.tolist() == [False, True, False]


def test_a_caller_that_gave_up_no_longer_counts_as_queued() -> None:
    served = serve(_array(0, 0.1, 0.2, 0.3, 1.0), _array(9, 9, 1, 1, 1), Backlog.idle(2), "shortest", patience_s=_array(9, 9, 0.5, 20, 20))
    assert served.left.tolist() == [False, False, True, False, False]
    assert served.backlog.leaves_s == ((9.0, 10.0), (9.1, 10.1))


def test_new_replicas_are_idle_and_removed_ones_are_gone() -> None:
    assert Backlog((3.0, 4.0), 1).resized(3, "random").free_s == (3.0, 4.0, 0.0)
    assert Backlog((3.0, 4.0), 1).resized(1, "round-robin") == Backlog((3.0,), 0)
    assert Backlog((3.0, 4.0)).resized(3, "shared").free_s == (0.0, 3.0, 4.0)
    assert Backlog((3.0, 4.0)).resized(1, "shared").free_s == (4.0,)
    assert Backlog((3.0,), 0, ((1.0, 3.0),)).resized(2, "shortest").leaves_s == ((1.0, 3.0), ())


def test_a_backlog_that_has_drained_equals_one_that_never_was() -> None:
    assert Backlog((3.0, 0.0), 0, ((1.0, 3.0), ())).later(3.0) == Backlog.idle(2)
    assert Backlog((3.0, 1.0)).later(2.0).work_s == 1.0


def test_long_spans_are_served_in_calls_without_a_seam() -> None:
    n = 2 * CALL + 17
    draw = stream(3, "test.long")
    arrive, work = np.cumsum(draw.standard_exponential(n)), draw.standard_exponential(n) * 1.8
    whole = serve(arrive, work, Backlog.idle(2), "shared").wait_s
    free = [0.0, 0.0]
    for i in range(n):
        start = max(min(free), arrive[i])
        if i >= CALL - 3:
            assert whole[i] == start - arrive[i]
        free[free.index(min(free))] = start + work[i]


def test_ticks_are_exact_multiples() -> None:
    times = on_ticks(_array(0.1, 1e7 + 0.3))
    assert np.array_equal(times / TICK_S, np.rint(times / TICK_S))
    assert np.abs(times - _array(0.1, 1e7 + 0.3)).max() <= TICK_S / 2


def test_arguments_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="do not belong together"):
        serve(_array(0, 1), _array(1), Backlog.idle(1), "shared")
    with pytest.raises(ValueError, match="replica index"):
        serve(_array(0), _array(1), Backlog.idle(1), "random")
    with pytest.raises(ValueError, match="replica index"):
        serve(_array(0), _array(1), Backlog.idle(1), "shared", replica=np.zeros(1, dtype=np.uint8))
    with pytest.raises(ValueError, match="1 to 255 replicas"):
        Backlog.idle(0)
