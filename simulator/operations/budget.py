"""Moves on budgets: what a team may spend in a day before it is told."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.errors import Refused
from simulator.observation import Observation, rounded_facts
from simulator.operations.changes import arrow, change
from simulator.world import World


@move(
    "budget set",
    group="cost",
    takes="2m",
    params=(
        Param("team", "text", "the team that pays", required=True, positional=True, names="payer"),
        Param("daily", "number", "what it may spend in a day; 0 puts the standard back", required=True, unit="USD"),
    ),
    covers=("sys.gpu-cost",),
)
def budget_set(world: World, args: Args) -> Observation:
    """Set what a team may spend in 24 hours. The alert on budgets compares with it from now on; nothing is switched off where it is exceeded."""
    team, daily = args["team"], args["daily"]
    if team not in world.spec.budgets:
        raise Refused(f"no team {team} has a budget; there are {', '.join(world.spec.budgets)}")
    lever = f"budget.daily_usd/{team}"
    standard = world.spec.budgets[team]
    running, wanted = world.levers[lever].number_at(world.now_s) or standard, daily or standard
    already = f"{team} may spend USD {running:g} a day already"
    if wanted == running:
        raise Refused(already)
    change(world, {lever: daily}, "budget set", already=already)
    return Observation("budget set", text=(f"Daily budget of {team}, USD: {arrow(running, wanted)}.",), facts=rounded_facts({f"budget_usd.{team}": wanted}))
