"""Looks at the model registry: versions, lineage, and which of them answers."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.transform import INPUTS
from simulator.durations import DAY_S, HOUR_S, format_duration
from simulator.errors import Refused
from simulator.observation import Observation, rounded_facts, table
from simulator.platform.registry import ModelVersion
from simulator.world import World

_METRICS = ("auc", "champion_auc", "log_loss", "positive_rate", "mean_score")
AT_TRAINING = {"auc": Noticeable(absolute=0.006, relative=0.0), "positive_rate": Noticeable(absolute=0.002)}
"""Of figures that were measured when a version was trained."""
CHAMPION_THEN = {"champion_auc": Noticeable(absolute=0.006, relative=0.0)}
"""Of the champion's figure on the same holdout."""
_CREATED = {"created_age_s": Noticeable(absolute=6 * HOUR_S)}
_NEWEST_IN_FACTS = 4


@look("models list", group="models", takes="2m", noticeable=AT_TRAINING | _CREATED, covers=("sys.registry", "life.rollback", "sys.governance"))
def models_list(world: World, args: Args) -> Observation:
    """Lists the registered versions with their aliases, age, training rows and what they measured at the gate."""
    aliases = _aliases(world)
    versions = world.registry.versions
    rows = [
        (v.name, " ".join(a for a, name in aliases.items() if name == v.name), round(v.created_s), v.metrics.get("auc"), v.metrics.get("champion_auc"), v.rows,
         v.metrics.get("positive_rate"), "passed" if v.passed_gate else "failed", v.join, v.transform, v.size, v.trained_by)
        for v in reversed(versions)
    ]  # fmt: skip
    champion = named_version(world, "champion")
    values: dict[str, object] = {
        "champion": aliases["champion"],
        "challenger": aliases["challenger"] or "none",
        "versions": len(versions),
        "created_age_s.champion": world.now_s - champion.created_s,
        "auc.champion": champion.metrics.get("auc"),
        "positive_rate.champion": champion.metrics.get("positive_rate"),
        "rows.champion": champion.rows,
        "newest": versions[-1].name,
    }
    for v in versions[-_NEWEST_IN_FACTS:]:
        values |= {f"auc.{v.name}": v.metrics.get("auc"), f"positive_rate.{v.name}": v.metrics.get("positive_rate"), f"rows.{v.name}": v.rows, f"gate.{v.name}": v.passed_gate}
    heads = ("version", "alias", ("created", "time"), "auc", "champion auc then", "rows", "positive rate", "gate", "join", "transform", "size", "trained by")
    return Observation("Model versions", tables=(table("Newest first", heads, rows),), facts=rounded_facts(values))


@look(
    "models show",
    group="models",
    takes="3m",
    params=(Param("version", "text", "a version such as v3, or champion, challenger or latest", required=True, positional=True, names="model"),),
    noticeable=AT_TRAINING | CHAMPION_THEN | _CREATED | {"gate_lead": Noticeable(absolute=0.004, relative=0.0), "weight.": Noticeable(absolute=0.1, relative=0.15)},
    covers=("sys.registry", "sys.versioning", "sys.governance"),
)
def models_show(world: World, args: Args) -> Observation:
    """Shows one version: the frame it was trained on, code, image and seed, what it measured, and the weight of each input."""
    v = named_version(world, args["version"])
    lead = None if "champion_auc" not in v.metrics else v.metrics["auc"] - v.metrics["champion_auc"]
    lineage = [
        ("created", _ago(world, v.created_s)),
        ("trained by", v.trained_by),
        ("run", v.run_id),
        ("frame", f"payments from {_ago(world, v.frame_since_s)} to {_ago(world, v.frame_until_s)}"),
        ("frame span", format_duration(v.frame_until_s - v.frame_since_s)),
        ("youngest payment at training", format_duration(v.label_age_s)),
        ("rows", str(v.rows)),
        ("positives", str(v.positives)),
        ("join", v.join),
        ("transform", v.transform),
        ("size", v.size),
        ("commit", v.commit),
        ("image", v.image),
        ("seed", str(v.train_seed)),
        ("gate", "passed" if v.passed_gate else "failed"),
        ("digest", v.scorer.digest()),
    ]
    weights = sorted(zip(INPUTS, v.scorer.coefficients.tolist(), v.scorer.mean.tolist(), v.scorer.sd.tolist(), strict=True), key=lambda row: -abs(row[1]))
    values: dict[str, object] = {name: v.metrics.get(name) for name in _METRICS}
    values |= {
        "gate_lead": lead,
        "join": v.join,
        "transform": v.transform,
        "rows": v.rows,
        "positives": v.positives,
        "frame_span_s": v.frame_until_s - v.frame_since_s,
        "label_age_s": v.label_age_s,
        "created_age_s": world.now_s - v.created_s,
        "gate": v.passed_gate,
        "commit": v.commit,
        "image": v.image,
        "seed": v.train_seed,
        "top_input": weights[0][0],
    }
    values |= {f"weight.{name}": weight for name, weight, _, _ in weights[:10]}
    return Observation(
        f"Model {v.name}",
        tables=(
            table("Lineage", ("what", "value"), lineage),
            table("Measured on its holdout", ("metric", "value"), [(name, v.metrics.get(name)) for name in _METRICS]),
            table("Weights of the standardised inputs, largest first", ("input", "weight", "mean in training", "spread in training"), weights),
        ),
        text=(f"Each input has {len(v.scorer.knots)} weights more, for what lies beyond {', '.join(f'{knot:g}' for knot in v.scorer.knots)} spreads.",) if v.scorer.knots else (),
        facts=rounded_facts(values),
    )


@look("models served", group="models", takes="2m", noticeable={"share.": Noticeable(absolute=0.02)}, covers=("sys.registry", "sys.shadow-canary", "life.deployment"))
def models_served(world: World, args: Args) -> Observation:
    """Shows which version scored the payments of the last hour, and whether its artefact is the one that the alias names."""
    world.settle()
    since = world.settled_s - HOUR_S
    numbers, weight = world.rows.column("version", since, world.settled_s), world.rows.numbers("weight", since, world.settled_s)
    alias = named_version(world, "champion")
    rows = []
    values: dict[str, object] = {"champion": alias.name}
    for number in np.unique(numbers).tolist():
        name = f"v{number}"
        share = float(weight[numbers == number].sum() / weight.sum())
        digest = world.registry.get(name).scorer.digest() if number else "none"
        rows.append((name, share, digest, alias.name, alias.scorer.digest(), digest == alias.scorer.digest()))
        values |= {f"share.{name}": share}
    values["share_on_alias"] = sum(float(row[1]) for row in rows if row[5])
    heads = ("version", ("share of payments", "ratio"), "digest served", "champion alias", "digest of the alias", "same")
    return Observation("Versions that scored the last hour", tables=(table("By version", heads, rows),), facts=rounded_facts(values))


def named_version(world: World, name: str) -> ModelVersion:
    """A version by its name or alias. Raises Refused where there is none."""
    alias = _aliases(world).get(name, name)
    if alias is None:
        raise Refused(f"no version has the alias {name}; the registry has {', '.join(v.name for v in world.registry.versions[-6:])}")
    return world.registry.get(alias)


def _aliases(world: World) -> dict[str, str | None]:
    challenger = world.levers["alias.challenger"].at(world.now_s)
    return {"champion": world.levers["alias.champion"].text_at(world.now_s), "challenger": None if challenger is None else str(challenger)}


def _ago(world: World, at_s: float) -> str:
    return f"{(world.now_s - at_s) / DAY_S:.1f} days ago"
