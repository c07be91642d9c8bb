"""What the orchestrator remembers, and what a copy of it shares with its origin."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.platform.runs import RunLog, TaskInstance

NAMES = st.tuples(st.sampled_from(["labels", "train"]), st.sampled_from(["fit", "join_labels"]))


def instances(names: list[tuple[str, str]]) -> list[TaskInstance]:
    return [TaskInstance(f"run {at}", dag, task, 1, "success", float(at), at + 1.0, None, None) for at, (dag, task) in enumerate(names)]


@given(st.lists(NAMES, max_size=6), st.lists(NAMES, max_size=6), st.lists(NAMES, max_size=6), NAMES)
def test_instances_of_a_task_are_those_so_far_in_a_log_and_in_its_copy(
    before: list[tuple[str, str]], mine: list[tuple[str, str]], its: list[tuple[str, str]], wanted: tuple[str, str]
) -> None:
    log = RunLog(tasks=instances(before))
    log.of_task(*wanted)
    twin = log.copy()
    for one, names in ((log, mine), (twin, its)):
        one.tasks += instances(names)
        assert list(one.of_task(*wanted)) == [t for t in one.tasks if (t.dag, t.task) == wanted]
    assert list(log.of_task(*wanted)) == [t for t in log.tasks if (t.dag, t.task) == wanted]
