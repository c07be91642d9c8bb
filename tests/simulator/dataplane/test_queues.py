"""Waits and backlogs of the queues on cases small enough to do by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.dataplane.queues import CALL, MOST_REPLICAS, PLACED, ROUTINGS, TICK_S, Backlog, on_ticks, serve
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


def test_of_two_choices_the_one_with_fewer_requests_is_taken_and_of_equals_the_first_looked_at() -> None:
    for third, waits in ((0.0, [0.0, 0.0, 8.0]), (0.5, [0.0, 0.0, 9.0])):
        served = serve(_array(0, 1, 2), _array(10, 10, 1), Backlog.idle(2), "two-choices", route=_array(0.0, 0.0, third))
        assert served.wait_s.tolist() == waits


@pytest.mark.parametrize(("mark", "first", "second"), [(0.0, 0, 1), (0.2, 0, 2), (0.4, 1, 2), (0.6, 1, 0), (0.7, 2, 0), (0.99, 2, 1)])
def test_a_mark_names_two_different_replicas(mark: float, first: int, second: int) -> None:
    free = (10.0, 20.0, 30.0)
    one_each = Backlog(free, 0, tuple((t,) for t in free))
    assert serve(_array(1), _array(1), one_each, "two-choices", route=_array(mark)).wait_s[0] == free[first] - 1.0
    first_has_two = Backlog(free, 0, tuple((5.0, t) if k == first else (t,) for k, t in enumerate(free)))
    assert serve(_array(1), _array(1), first_has_two, "two-choices", route=_array(mark)).wait_s[0] == free[second] - 1.0


def test_the_largest_mark_below_one_names_replicas_that_there_are() -> None:
    mark = np.array([np.nextafter(1.0, 0.0)])
    for replicas in range(1, MOST_REPLICAS + 1):
        free = serve(_array(0), _array(7), Backlog.idle(replicas), "two-choices", route=mark).backlog.free_s
        assert free.index(7.0) == replicas - 1


def _drawn(n: int, replicas: int, load: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    draw = stream(replicas, "test.two-choices")
    return np.cumsum(draw.standard_exponential(n)) / (load * replicas), draw.standard_exponential(n), draw.random(n), draw.standard_exponential(n) * 3.0


def test_two_choices_with_a_lone_replica_are_first_come_first_served() -> None:
    arrive, work, route, patience = _drawn(3000, 1, 0.9)
    chosen = serve(arrive, work, Backlog.idle(1), "two-choices", route=route, patience_s=patience)
    alone = serve(arrive, work, Backlog.idle(1), "random", replica=np.zeros(3000, dtype=np.uint8), patience_s=patience)
    assert np.array_equal(chosen.wait_s, alone.wait_s)
    assert np.array_equal(chosen.left, alone.left)
    assert chosen.left.any()


def test_two_choices_of_two_replicas_are_the_shortest_queue_but_for_ties() -> None:
    arrive, work, route, patience = _drawn(3000, 2, 1.1)
    shortest = serve(arrive, work, Backlog.idle(2), "shortest", patience_s=patience)
    first_first = serve(arrive, work, Backlog.idle(2), "two-choices", route=route * 0.5, patience_s=patience)
    assert np.array_equal(first_first.wait_s, shortest.wait_s)
    assert first_first.backlog == shortest.backlog
    either_first = serve(arrive, work, Backlog.idle(2), "two-choices", route=route, patience_s=patience)
    assert not np.array_equal(either_first.wait_s, shortest.wait_s)


def test_a_caller_that_waited_its_patience_leaves_and_takes_no_time_of_the_replica() -> None:
    for routing in ROUTINGS:
        replica = np.zeros(3, dtype=np.uint8) if routing in PLACED else None
        route = _array(0.1, 0.5, 0.9) if routing == "two-choices" else None
        served = serve(_array(0, 1, 4), _array(5, 5, 5), Backlog.idle(1), routing, replica=replica, route=route, patience_s=2.0)
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


def test_under_another_routing_replicas_keep_what_they_accepted() -> None:
    counted = Backlog((3.0, 1.0), 0, ((1.0, 3.0), (1.0,)))
    assert counted.resized(2, "two-choices") == counted
    assert counted.resized(2, "random") == Backlog((3.0, 1.0))
    assert counted.resized(2, "shared") == Backlog((1.0, 3.0))
    assert Backlog((3.0, 4.0), 1).resized(2, "random") == Backlog((3.0, 4.0))
    assert Backlog((3.0, 4.0), 1).resized(2, "round-robin") == Backlog((3.0, 4.0), 1)


def test_a_routing_that_begins_to_count_takes_a_busy_replica_for_one_request() -> None:
    taken_over = Backlog((3.0, 0.0, 9.0), 2).resized(3, "shortest")
    assert taken_over == Backlog((3.0, 0.0, 9.0), 0, ((3.0,), (), (9.0,)))
    assert serve(_array(1, 1, 1), _array(1, 7, 1), taken_over, "shortest").wait_s.tolist() == [0.0, 2.0, 1.0]
    assert Backlog.idle(3).resized(3, "shortest") == Backlog.idle(3)


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
    for routing in PLACED:
        with pytest.raises(ValueError, match="replica index"):
            serve(_array(0), _array(1), Backlog.idle(1), routing)
    with pytest.raises(ValueError, match="replica index"):
        serve(_array(0), _array(1), Backlog.idle(1), "shared", replica=np.zeros(1, dtype=np.uint8))
    with pytest.raises(ValueError, match="route mark"):
        serve(_array(0), _array(1), Backlog.idle(2), "two-choices")
    with pytest.raises(ValueError, match="route mark"):
        serve(_array(0), _array(1), Backlog.idle(2), "shortest", route=_array(0.5))
    with pytest.raises(ValueError, match="1 to 255 replicas"):
        Backlog.idle(0)
