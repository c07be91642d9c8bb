"""Moves on the registry's aliases: which version serves, and which is compared with it."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.errors import Refused
from simulator.observation import Observation, facts
from simulator.operations.changes import arrow, change
from simulator.world import World

_VERSION = Param("version", "text", "the model version, such as v3, or latest", required=True, positional=True, names="model")


@move("registry promote", group="registry", takes="5m", params=(_VERSION,), blast="wide", covers=("sys.registry", "life.deployment"))
def promote(world: World, args: Args) -> Observation:
    """Make a registered version the champion: it decides all payments from now on. The gate is not asked."""
    version = world.registry.get(args["version"]).name
    return _serve(world, "registry promote", version, f"{version} promoted by hand")


@move(
    "registry rollback",
    group="registry",
    takes="3m",
    params=(
        Param("to", "text", "an earlier champion; the one before this when left out", names="model"),
        Param("before", "duration", "the champion of this long ago, in place of --to"),
    ),
    blast="wide",
    covers=("sys.registry", "life.rollback"),
)
def rollback(world: World, args: Args) -> Observation:
    """Make an earlier champion the champion again: the one before this, the one named, or that of some time ago."""
    current = world.levers["alias.champion"].text_at(world.now_s)
    if args["before"] is not None:
        if args["to"] is not None:
            raise Refused("give --to or --before, not both")
        if world.now_s - args["before"] < 0:
            raise Refused("no model served that long ago")
        return _serve(world, "registry rollback", world.levers["alias.champion"].text_at(world.now_s - args["before"]), f"rolled back from {current}")
    earlier = [name for name in _champions(world) if name != current]
    if not earlier:
        raise Refused(f"{current} is the first champion; there is none to roll back to")
    version = earlier[-1] if args["to"] is None else world.registry.get(args["to"]).name
    if version != current and version not in earlier:
        raise Refused(f"{version} has never been champion; there were {', '.join(dict.fromkeys(earlier))}")
    return _serve(world, "registry rollback", version, f"rolled back from {current}")


@move(
    "registry challenger",
    group="registry",
    takes="5m",
    params=(_VERSION, Param("share", "number", "share of payments that it decides, such as 10%", required=True)),
    covers=("sys.registry", "sys.shadow-canary", "sys.ab-testing"),
)
def challenger(world: World, args: Args) -> Observation:
    """Let a registered version decide a share of the payments beside the champion. Give another share to widen or narrow it; `registry challenger off` ends it."""
    version, share = world.registry.get(args["version"]).name, args["share"]
    if version == world.levers["alias.champion"].at(world.now_s):
        raise Refused(f"{version} is the champion")
    if not 0.0 < share <= 1.0:
        raise Refused("share is more than 0% and at most 100%; write 10% or 0.1, and registry challenger off to end it")
    wanted = {"alias.challenger": version, "traffic.challenger_share": share}
    before = change(world, wanted, f"{version} decides {share:.3g} of payments", already=f"{version} already decides {share:.1%} of payments")
    text = (f"Challenger: {arrow(before['alias.challenger'], version)}.", f"Its share of payments: {arrow(before['traffic.challenger_share'], share)}.")
    return Observation("registry challenger", text=text, facts=facts(challenger=version, share=share))


@move("registry challenger off", group="registry", takes="3m", covers=("sys.registry", "sys.shadow-canary"))
def challenger_off(world: World, args: Args) -> Observation:
    """End the comparison: the champion decides all payments again, and no version is challenger."""
    wanted = {"alias.challenger": None, "traffic.challenger_share": 0.0}
    before = change(world, wanted, "comparison ended", already="no version is challenger")
    text = (f"Challenger: {arrow(before['alias.challenger'], None)}.", f"Its share of payments: {arrow(before['traffic.challenger_share'], 0.0)}.")
    return Observation("registry challenger off", text=text, facts=facts(challenger="none", share=0.0))


def _serve(world: World, name: str, version: str, why: str) -> Observation:
    before = change(world, {"alias.champion": version}, why, already=f"{version} is the champion already")
    return Observation(name, text=(f"Champion: {arrow(before['alias.champion'], version)}.",), facts=facts(champion=version))


def _champions(world: World) -> list[str]:
    """Registered versions in the order in which they became champion, with repeats."""
    registered = [version.name for version in world.registry.versions]
    return [str(edit.value) for edit in world.levers["alias.champion"].edits_until(world.now_s) if edit.value in registered]
