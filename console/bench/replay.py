"""`hotseat bench replay`: one counterfactual world of a four-hour incident with its moves, against the drill's first build."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from console.bench.row import BenchRow

SCENARIO, SEEDS = "the-quiet-store", (21, 22, 23)
TARGET = 0.1


def run() -> list[BenchRow]:
    """Median over three incidents: the first build of the drill, then the same four hours replayed without one move."""
    from grader.counterfactual import reference_steps
    from scenarios.incident import incident
    from scenarios.library import find_scenario
    from scenarios.replay import play_moves
    from simulator.durations import HOUR_S

    scenario = find_scenario(SCENARIO)
    incident(scenario, SEEDS[0] - 1).world().settle()
    builds, replays = [], []
    for seed in SEEDS:
        start = perf_counter()
        made = incident(scenario, seed)
        made.world().settle()
        builds.append(perf_counter() - start)
        steps = reference_steps(made)
        moves = [s.step for s in steps if s.kind == "move"]
        for left_out in moves:
            start = perf_counter()
            world = made.world()
            play_moves(world, steps, without={left_out}, until_s=made.start_s + 4 * HOUR_S)
            world.settle()
            replays.append(perf_counter() - start)
    ratio = median(replays) / median(builds)
    return [BenchRow("replay", median(replays), "s", "the drill's first build", median(builds), ratio, TARGET, ratio <= TARGET)]
