from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S
from simulator.errors import Refused
from simulator.instruments.sql import sql
from simulator.observation import Observation
from simulator.telemetry.tables import table_names
from simulator.world import World

Seen = Callable[[World, str], Observation]


def test_the_help_names_every_table() -> None:
    assert all(name in (sql.__doc__ or "") for name in table_names())


def test_an_answer_has_rows_and_facts(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "sql SELECT dag, count(*) AS runs FROM pipeline_runs GROUP BY dag ORDER BY dag")
    counts = {dag: len(base_world.log.of(dag, 0.0, base_world.now_s)) for dag in ("drift", "features", "labels", "train")}
    assert shown.tables[0].rows == tuple(counts.items())
    assert shown.facts["runs.train"] == counts["train"]


def test_times_are_shown_as_times_and_whole(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "sql SELECT at_s, score FROM predictions ORDER BY at_s DESC LIMIT 1")
    assert [column.unit for column in shown.tables[0].columns] == ["time", ""]
    assert shown.tables[0].rows[0][0] == pytest.approx(60 * DAY_S, abs=120)
    assert isinstance(shown.tables[0].rows[0][0], int)


def test_two_worlds_never_see_each_others_tables(base_world: World, fork: Callable[..., World], seen: Seen) -> None:
    line = "sql SELECT count(*) AS n FROM changes WHERE lever = 'serving.release'"
    world = fork()
    world.advance(60 * DAY_S)
    assert seen(base_world, line).facts["n"] == 0.0
    assert seen(world, line).facts["n"] == 0.0
    world.pull("serving.release", "r42", "you", "newer")
    assert seen(world, line).facts["n"] == 1.0
    assert seen(base_world, line).facts["n"] == 0.0


def test_a_statement_that_is_no_select_is_refused(base_world: World, seen: Seen) -> None:
    with pytest.raises(Refused):
        seen(base_world, "sql DROP TABLE predictions")
