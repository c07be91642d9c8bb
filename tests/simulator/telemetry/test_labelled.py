from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane.rows import EXPLORED
from simulator.durations import DAY_S, HOUR_S
from simulator.telemetry.labelled import chargeback_label_at, with_chargebacks, with_warnings
from simulator.timeline import Edit
from simulator.world import World


def test_rows_are_the_approved_payments_and_explored_ones_count_for_many(base_world: World) -> None:
    rows = with_chargebacks(base_world, 30 * DAY_S, 31 * DAY_S)
    approved = base_world.rows.column("approved", 30 * DAY_S, 31 * DAY_S).astype(bool)
    assert rows.rows == int(approved.sum())
    assert (rows.weight / rows.stood_for)[rows.explored] == pytest.approx(1 / EXPLORED)
    assert (rows.weight / rows.stood_for)[~rows.explored].tolist() == [1.0] * int((~rows.explored).sum())


def test_weights_stand_for_all_payments(base_world: World) -> None:
    rows = with_chargebacks(base_world, 11 * DAY_S, 39 * DAY_S)
    total = float(base_world.rows.numbers("weight", 11 * DAY_S, 39 * DAY_S).sum())
    assert float(rows.weight.sum()) == pytest.approx(total, rel=0.02)
    assert float(rows.stood_for.sum()) < 0.95 * total


def test_a_label_is_one_only_once_a_join_run_has_ended(base_world: World) -> None:
    arrival, mark = (base_world.rows.numbers(name, 30 * DAY_S, 60 * DAY_S) for name in ("chargeback_at_s", "join_mark"))
    label_at = chargeback_label_at(base_world, arrival, mark)
    known = np.isfinite(label_at)
    assert 0 < known.sum() < (arrival <= base_world.now_s).sum()
    assert np.all(label_at[known] > arrival[known])
    assert np.all(label_at[known] <= base_world.now_s)
    ends = {task.end_s for task in base_world.log.tasks if task.task == "join_labels"}
    assert set(label_at[known].tolist()) <= ends


def test_a_join_that_loses_labels_leaves_zeros(fork: Callable[..., World]) -> None:
    world, calm = fork([Edit(60 * DAY_S, "labels.join_loss", 0.9, "disputes", "new ids")]), fork()
    for each in (world, calm):
        each.advance(62 * DAY_S)
        each.settle()
    lossy, whole = (float(with_chargebacks(each, 30 * DAY_S, 60 * DAY_S).label.sum()) for each in (world, calm))
    before = float(with_chargebacks(fork(), 30 * DAY_S, 60 * DAY_S - HOUR_S).label.sum())
    assert before < lossy < whole
    assert lossy - before == pytest.approx(0.1 * (whole - before), abs=0.1 * (whole - before))


def test_cuts_keep_whole_rows(base_world: World) -> None:
    rows = with_warnings(base_world, 50 * DAY_S, 52 * DAY_S)
    first, second = rows.between(50 * DAY_S, 51 * DAY_S), rows.between(51 * DAY_S, 52 * DAY_S)
    assert first.rows + second.rows == rows.rows
    assert np.concatenate([first.score, second.score]).tolist() == rows.score.tolist()
    web = rows.where(rows.channel == 0)
    assert set(web.channel.tolist()) == {0}
    ordered = rows.by_score()
    assert np.all(np.diff(ordered.score) >= 0)
    assert float((ordered.label * ordered.weight).sum()) == pytest.approx(float((rows.label * rows.weight).sum()))
