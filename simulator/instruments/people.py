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
from simulator.telemetry.fleet import callers_in_force
from simulator.timeline import Edit
from simulator.world import World

REMEMBERED_S = 10 * DAY_S
TOPICS = ("changes", "schedule", "schema", "policy")
ASSETS = {
    "labels.join_loss": "chargebacks",
    "materialise.read_path": "warehouse",
    "online.slowdown": "online-store",
    "serving.slowdown": "online-store",
    "callers.attempts": "callers",
    "callers.backoff_ms": "callers",
    "callers.budget": "callers",
    "pool.provision_s": "machines",
}
"""What a lever that only its owner knows of belongs to; a lever of a source belongs to the source that its place names."""


@look(
    "ask",
    group="people",
    takes="20m",
    params=(
        Param("team", "text", "which team", required=True, positional=True, names="team"),
        Param("topic", "text", "what about", "changes", positional=True, choices=TOPICS),
    ),
    noticeable={"changed.": Noticeable(telling=("no",))},
    covers=("sys.data-pipeline", "debug.red.ignores-upstream"),
)
def ask(world: World, args: Args) -> Observation:
    """Ask a team that owns sources or platforms, or whose services call this one: what changed on its side in the last 10 days, when its
    data comes, which schema it sends, or what its policy is. It answers for its own things only."""
    owners = {owner.name: owner for owner in world.spec.owners}
    team = owners[known_name("team", args["team"], owners)]
    world.settle()
    found: dict[str, object] = {}
    if args["topic"] == "changes":
        told = changes_known_to(world, team)
        touched = {asset_of(edit) for edit in _edits_of(world, team)}
        found |= {f"changed.{asset}": asset in touched for asset in team.owns}
        lines = [f"{clock(at_s)}: {why}" for at_s, why in told] or [f"nothing changed on our side since {clock(max(world.now_s - REMEMBERED_S, 0.0))}"]
    elif args["topic"] == "schedule":
        lines = [line for asset in team.owns for line in _schedule(asset)]
    elif args["topic"] == "policy":
        lines = [_policy(world, asset, found) for asset in team.owns]
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
    return list(dict.fromkeys((edit.at_s, edit.why) for edit in _edits_of(world, team)))


def _edits_of(world: World, team: Owner) -> list[Edit]:
    return [edit for edit in world.levers.edits("owner", world.now_s - REMEMBERED_S, world.now_s) if asset_of(edit) in team.owns]


def asset_of(edit: Edit) -> str:
    """What the lever of `edit` belongs to. Raises KeyError for one that belongs to no team."""
    name, _, place = edit.lever.partition("/")
    return place.partition(".")[0] if name.startswith("source.") else ASSETS[name]


def _schedule(asset: str) -> list[str]:
    if asset in SOURCE:
        dag = DAG["features" if SOURCE[asset].streamed else "labels"]
        return [f"{asset}: {SOURCE[asset].arrives}; your {dag.name} DAG reads it every {format_duration(dag.every_s)}, {format_duration(dag.offset_s)} past"]
    if asset == "callers":
        return [f"{asset}: one request for a score with every payment, when the customer pays"]
    if asset == "machines":
        return [f"{asset}: they come when your pools ask for them, see our policy"]
    if asset == "online-store":
        return [f"{asset}: your jobs load {view.name} every {format_duration(view.cadence_s)}" for view in VIEWS]
    return [f"{asset}: holds everything that the streams send, within the hour"]


def _policy(world: World, asset: str, found: dict[str, object]) -> str:
    """The line about one asset; what can be measured in it goes into `found`."""
    if asset == "callers":
        callers = callers_in_force(world)
        found |= {"attempts": callers.attempts, "backoff_ms": callers.backoff_ms, "budget": callers.budget}
        if callers.attempts == 1:
            return "callers: one attempt, and no second one"
        budget = f"at most {callers.budget:g} tries again per first try over a minute" if callers.budget else "no budget for tries again"
        return f"callers: {callers.attempts} attempts, a pause of {callers.backoff_ms:g} ms before the second, doubled before each further one; {budget}"
    if asset == "machines":
        pools = world.spec.fleet.pools
        joins = "; ".join(f"a node of {pool.name} joins about {format_duration(pool.provision_s)} after it is asked for" for pool in pools)
        return f"machines: {joins}; before we take a spot node back we say so {format_duration(min(pool.notice_s for pool in pools))} ahead"
    return f"{asset}: what we send is in the schema, when it comes in the schedule"


def _schema(world: World, asset: str) -> tuple[str, str]:
    """The line about one asset, and its schema version where it has one."""
    if asset == "callers":
        return f"{asset}: we send the payment as the streams document it, and have no schema of our own", ""
    if asset == "machines":
        return f"{asset}: they have no schema", ""
    if asset not in SOURCE:
        return f"{asset}: we store what the sources send, and have no schema of our own", ""
    version, since = in_force_since(world.levers[f"source.schema_version/{asset}"], world.now_s)
    when = "as long as our records go" if since is None else f"since {clock(since)}"
    fields = ", ".join(f"{f.name} ({f.unit})" if f.unit else f.name for f in SOURCE[asset].fields)
    return f"{asset}: schema {version}, {when}; documented fields: {fields}", str(version)
