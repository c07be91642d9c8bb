from __future__ import annotations

from collections.abc import Callable

from simulator.durations import DAY_S, HOUR_S
from simulator.platform.runs import TaskInstance
from simulator.telemetry.logs import log_lines
from simulator.timeline import Edit
from simulator.world import World


def test_every_run_that_ended_has_a_line_and_every_write_its_rows(base_world: World) -> None:
    lines = log_lines(base_world, 0.0, base_world.now_s)
    ended = [run for run in base_world.log.runs.values() if run.end_s is not None and run.start_s >= 0]
    assert sum(line.logger == "scheduler" and "run ended" in line.text for line in lines) == len(ended)
    written = [str(rows) for task in base_world.log.tasks if task.task == "materialise" for rows in task.detail.values() if task.state == "success"]
    assert [line.text.split(": ")[1].split()[0] for line in lines if line.text.endswith("rows written")] == written


def test_spans_that_meet_share_no_line_and_lose_none(base_world: World) -> None:
    cut = 60 * DAY_S - 5 * HOUR_S
    parts = log_lines(base_world, 59 * DAY_S, cut) + log_lines(base_world, cut, 60 * DAY_S)
    assert parts == log_lines(base_world, 59 * DAY_S, 60 * DAY_S)


def test_a_failure_is_an_error_and_what_waited_for_it_a_warning(fork: Callable[..., World]) -> None:
    world = fork()
    world.log.tasks.append(TaskInstance("r", "train", "build_frame", 1, "failed", 60 * DAY_S - 600, 60 * DAY_S - 590, 0, 0, {"reason": "not enough rows"}))
    world.log.tasks.append(TaskInstance("r", "train", "fit", 0, "upstream_failed", 60 * DAY_S - 590, 60 * DAY_S - 590, None, None))
    world.advance(60 * DAY_S)
    found = [(line.level, line.text) for line in log_lines(world, 60 * DAY_S - 595, 60 * DAY_S) if line.logger == "task.train"]
    assert found == [("error", "build_frame failed: not enough rows"), ("warning", "fit not started: upstream failed")]


def test_timeouts_are_lines_of_the_gateway(fork: Callable[..., World]) -> None:
    world = fork([Edit(60 * DAY_S - 600, "serving.slowdown/model-server", 30.0, "ml-platform", "slow")])
    world.advance(60 * DAY_S)
    lines = [line for line in log_lines(world, 60 * DAY_S - 900, 60 * DAY_S) if line.logger == "gateway"]
    assert lines
    assert {line.level for line in lines} == {"error"}
    assert all(line.at_s > 60 * DAY_S - 600 for line in lines)


def test_pods_nodes_and_autoscalers_write_what_happened_to_them(fork: Callable[..., World]) -> None:
    world = fork([Edit(60 * DAY_S - 500, "pool.lost/gpu", 1.0, "nature", "rack"), Edit(60 * DAY_S - 400, "serving.replicas/feature-server", 3.0, "you", "more")])
    world.advance(60 * DAY_S)
    lines = log_lines(world, 60 * DAY_S - 600, 60 * DAY_S)
    found = {(line.logger, line.level) for line in lines}
    assert {("nodes", "error"), ("kubelet", "error"), ("autoscaler", "info"), ("nodes", "info"), ("kubelet", "info")} <= found
    lost = next(line for line in lines if (line.logger, line.level) == ("nodes", "error"))
    assert (lost.at_s, "does not answer any more" in lost.text) == (60 * DAY_S - 500, True)


def test_callers_that_are_turned_away_are_lines_of_the_gateway(fork: Callable[..., World]) -> None:
    world = fork(
        [Edit(60 * DAY_S - 600, "serving.slowdown/model-server", 30.0, "ml-platform", "slow"), Edit(60 * DAY_S - 600, "serving.queue_limit/model-server", 1.0, "you", "shed")]
    )
    world.advance(60 * DAY_S)
    lines = [line for line in log_lines(world, 60 * DAY_S - 900, 60 * DAY_S) if "turned away because the queue was full" in line.text]
    assert [(line.logger, line.level) for line in lines] == [("gateway", "error")] * len(lines)
    assert lines
