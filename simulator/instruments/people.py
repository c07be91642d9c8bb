"""The look that asks other teams: each tells what it knows of its own things, in its own words, and no more."""

from __future__ import annotations

from simulator.calendar import clock
from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.features import VIEWS
from simulator.durations import DAY_S, format_duration
from simulator.instruments.served import known_name
from simulator.instruments.source_contracts import SOURCE, in_force_since
from simulator.observation import Observation, rounded_facts
from simulator.platform.dags import DAG
from simulator.spec import Owner
from simulator.timeline import Edit
from simulator.world import World

REMEMBERED_S = 10 * DAY_S
TOPICS = ("changes", "schedule", "schema")
ASSETS = {"labels.join_loss": "chargebacks", "materialise.read_path": "warehouse", "online.slowdown": "online-store", "serving.slowdown": "online-store"}
"""What a lever that only its owner knows of belongs to; a lever of a source belongs to the source that its place names."""


@look(
    "ask",
    group="people",
    takes="20m",
    params=(
        Param("team", "text", "which team", required=True, positional=True, names="team"),
        Param("topic", "text", "what about", "changes", positional=True, choices=TOPICS),
    ),
    noticeable={"changes.": Noticeable(absolute=0.5, relative=0.0)},
    covers=("sys.data-pipeline", "debug.red.ignores-upstream"),
)
def ask(world: World, args: Args) -> Observation:
    """Ask a team that owns sources or platforms: what changed on its side in the last 10 days, when its data comes, or which
    schema it sends. It answers for its own things only."""
    owners = {owner.name: owner for owner in world.spec.owners}
    team = owners[known_name("team", args["team"], owners)]
    world.settle()
    told = changes_known_to(world, team)
    found: dict[str, object] = {f"changes.{team.name}": len(told)} if args["topic"] == "changes" else {}
    if args["topic"] == "changes":
        lines = [f"{clock(at_s)}: {why}" for at_s, why in told] or [f"nothing changed on our side since {clock(max(world.now_s - REMEMBERED_S, 0.0))}"]
    elif args["topic"] == "schedule":
        lines = [line for asset in team.owns for line in _schedule(asset)]
    else:
        lines = []
        for asset in team.owns:
            line, version = _schema(world, asset)
            lines.append(line)
            if version:
                found[f"schema_version.{asset}"] = version
    return Observation(f"{team.name} on {args['topic']}", text=tuple(lines), facts=rounded_facts(found))


def changes_known_to(world: World, team: Owner) -> list[tuple[float, str]]:
    """(when, what) of the changes in the last days that `team` made or saw on what it owns, oldest first, each told once."""
    edits = world.levers.edits("owner", world.now_s - REMEMBERED_S, world.now_s)
    return list(dict.fromkeys((e.at_s, e.why) for e in edits if asset_of(e) in team.owns))


def asset_of(edit: Edit) -> str:
    """What the lever of `edit` belongs to. Raises KeyError for one that belongs to no team."""
    name, _, place = edit.lever.partition("/")
    return place.partition(".")[0] if name.startswith("source.") else ASSETS[name]


def _schedule(asset: str) -> list[str]:
    if asset in SOURCE:
        dag = DAG["features" if SOURCE[asset].streamed else "labels"]
        return [f"{asset}: {SOURCE[asset].arrives}; your {dag.name} DAG reads it every {format_duration(dag.every_s)}, {format_duration(dag.offset_s)} past"]
    if asset == "online-store":
        return [f"{asset}: your jobs load {view.name} every {format_duration(view.cadence_s)}" for view in VIEWS]
    return [f"{asset}: holds everything that the streams send, within the hour"]


def _schema(world: World, asset: str) -> tuple[str, str]:
    """The line about one asset, and its schema version where it has one."""
    if asset not in SOURCE:
        return f"{asset}: we store what the sources send, and have no schema of our own", ""
    version, since = in_force_since(world.levers[f"source.schema_version/{asset}"], world.now_s)
    when = "as long as our records go" if since is None else f"since {clock(since)}"
    fields = ", ".join(f"{f.name} ({f.unit})" if f.unit else f.name for f in SOURCE[asset].fields)
    return f"{asset}: schema {version}, {when}; documented fields: {fields}", str(version)
