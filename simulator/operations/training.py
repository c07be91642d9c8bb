"""Moves on training and delivery: start a run, change the weekly run's recipe, set the gate and what follows it."""

from __future__ import annotations

from typing import Any

from simulator.commands import Args, Param, move
from simulator.durations import format_duration
from simulator.errors import Refused
from simulator.observation import Observation, facts, rounded_facts
from simulator.operations.changes import WHO, arrow, change
from simulator.operations.targets import known_dag, known_transform
from simulator.timeline import Value
from simulator.world import World

_SWITCH = ("on", "off")
_RECIPE = (
    Param("window", "duration", "span of payments in the frame; as the weekly run has it when left out"),
    Param("label-age", "duration", "youngest payment in the frame; as the weekly run has it when left out"),
    Param("join", "text", "how entity features are joined; as the weekly run has it when left out", choices=("point-in-time", "latest")),
)
_LEVER = {"window": "training.window_s", "label-age": "training.label_age_s", "join": "training.join"}
_RUN_PARAM = {"window": "window_s", "label-age": "label_age_s", "join": "join"}


@move(
    "train start",
    group="training",
    takes="3m",
    params=(*_RECIPE, Param("promote", "text", "whether the new version becomes champion if it passes the gate", default="off", choices=_SWITCH)),
    covers=("sys.training", "life.training", "life.retraining"),
)
def train_start(world: World, args: Args) -> Observation:
    """Train a candidate now: build its frame from the labels known by then, fit, evaluate, gate, register.
    Serving changes only with --promote on, and only if the gate is passed.
    """
    recipe = {name: _recipe_value(world, args, name) for name in _LEVER}
    promote = args["promote"] == "on"
    if promote and not world.levers["delivery.auto_promote"].at(world.now_s):
        raise Refused("delivery auto-promote is off, so no run may promote; start without --promote and use registry promote")
    params: dict[str, Any] = {_RUN_PARAM[name]: args[name] for name in _LEVER if args[name] is not None}
    run_id = world.orchestrator.run_now("train", "manual", {**params, "promote": promote, "who": WHO})
    minutes = sum(task.minutes for task in known_dag("train").tasks)
    queued = world.log.runs[run_id].state == "queued"
    text = (
        f"Queued {run_id} behind the run that is under way; from its start it usually takes {minutes:g} min." if queued else f"Started {run_id}; it usually takes {minutes:g} min.",
        f"Window {_shown(recipe['window'])}, labels at least {_shown(recipe['label-age'])} old, join {recipe['join']}, promote {args['promote']}.",
    )
    return Observation(
        "train start", text=text, facts=rounded_facts({"window_s": recipe["window"], "label_age_s": recipe["label-age"], "join": recipe["join"], "promote": args["promote"]})
    )


@move("train frame", group="training", takes="10m", params=_RECIPE, covers=("sys.training", "life.training", "sys.versioning"))
def train_frame(world: World, args: Args) -> Observation:
    """Change how every later training run builds its frame: its window, the age of its youngest payment, its join. Give at least one."""
    wanted = {_LEVER[name]: args[name] for name in _LEVER if args[name] is not None}
    if not wanted:
        raise Refused("nothing to change; give --window, --label-age or --join")
    before = change(world, wanted, "training frame changed", already="the training frame is built that way already")
    text = tuple(f"{name}: {_shown(before[_LEVER[name]])} -> {_shown(args[name])}." for name in _LEVER if _LEVER[name] in wanted)
    return Observation("train frame", text=text, facts=rounded_facts({lever.partition(".")[2]: value for lever, value in wanted.items()}))


@move(
    "train transform",
    group="training",
    takes="15m",
    params=(Param("version", "text", "the transform version", required=True, positional=True, names="transform"),),
    covers=("sys.versioning", "life.feature-engineering"),
)
def train_transform(world: World, args: Args) -> Observation:
    """Choose the version of the feature transform that later training runs use. Versions that are registered keep what they were trained with."""
    version = known_transform(args["version"])
    before = change(world, {"transform.training": version}, f"train with {version}", already=f"training uses {version} already")
    return Observation("train transform", text=(f"Transform in training: {arrow(before['transform.training'], version)}.",), facts={"transform.training": version})


@move(
    "gate set",
    group="training",
    takes="5m",
    params=(Param("margin", "number", "AUC that a candidate may lose against the champion and still pass, 0 to 1", required=True),),
    covers=("sys.ci-cd", "life.evaluation"),
)
def gate_set(world: World, args: Args) -> Observation:
    """Set how much AUC a candidate may lose against the champion on the holdout and still pass the gate."""
    margin = args["margin"]
    before = change(world, {"gate.margin": margin}, "gate margin set", already=f"the gate's margin is {margin:g} already")
    return Observation("gate set", text=(f"Margin of the gate: {arrow(before['gate.margin'], margin)} AUC.",), facts=facts(margin=margin))


@move(
    "delivery auto-promote",
    group="training",
    takes="2m",
    params=(Param("state", "text", "on or off", required=True, positional=True, choices=_SWITCH),),
    blast="narrow",
    covers=("sys.ci-cd", "life.deployment"),
)
def auto_promote(world: World, args: Args) -> Observation:
    """Choose whether a candidate that passes the gate becomes champion by itself. Off, it is registered and waits for registry promote."""
    promotes = args["state"] == "on"
    before = change(world, {"delivery.auto_promote": promotes}, f"auto-promote {args['state']}", already=f"auto-promote is {args['state']} already")
    return Observation("delivery auto-promote", text=(f"Auto-promote: {arrow(before['delivery.auto_promote'], promotes)}.",), facts=facts(auto_promote=args["state"]))


def _recipe_value(world: World, args: Args, name: str) -> Value:
    """What a run started now would take. Raises Refused where the argument is out of the lever's range."""
    lever = _LEVER[name]
    if args[name] is None:
        return world.levers[lever].at(world.now_s)
    world.levers.declared(lever).check(args[name])
    value: Value = args[name]
    return value


def _shown(value: Value) -> str:
    return format_duration(value) if isinstance(value, float) else str(value)
