"""Moves on the online feature store: what the serving path gets of a view."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.dataplane.features import NO_ROWS_S
from simulator.observation import Observation
from simulator.operations.changes import arrow, change
from simulator.operations.targets import known_view
from simulator.world import World

_VIEW = Param("view", "text", "the feature view", required=True, positional=True, names="view")


@move("features withhold", group="features", takes="5m", params=(_VIEW,), blast="wide", covers=("sys.feature-store",))
def withhold(world: World, args: Args) -> Observation:
    """Serve the training defaults instead of the stored values of a view. The stored rows stay and are still loaded."""
    return _withhold(world, known_view(args["view"]).name, True)


@move("features serve", group="features", takes="5m", params=(_VIEW,), blast="wide", covers=("sys.feature-store",))
def serve(world: World, args: Args) -> Observation:
    """Serve the stored values of a withheld view again."""
    return _withhold(world, known_view(args["view"]).name, False)


@move("features purge", group="features", takes="5m", params=(_VIEW,), reversible=False, blast="wide", covers=("sys.feature-store",))
def purge(world: World, args: Args) -> Observation:
    """Delete all rows of a view from the online store. Cannot be undone: payments get the training defaults until a later load brings rows."""
    view = known_view(args["view"])
    change(world, {f"online.event_time_s/{view.name}": NO_ROWS_S}, "rows purged", already=f"the online store holds no rows of {view.name}")
    return Observation("features purge", text=(f"All rows of {view.name} are deleted. Reads find nothing until rows are loaded.",), facts={f"stored_rows.{view.name}": 0.0})


def _withhold(world: World, view: str, withheld: bool) -> Observation:
    lever = f"online.withheld/{view}"
    why = "defaults instead of stored values" if withheld else "stored values again"
    before = change(world, {lever: withheld}, why, already=f"{view} is {'withheld already' if withheld else 'not withheld'}")
    name = "features withhold" if withheld else "features serve"
    return Observation(name, text=(f"{view} withheld: {arrow(before[lever], withheld)}.",), facts={f"withheld.{view}": "yes" if withheld else "no"})
