"""The model card and the signature of a version: what it is for, what it was trained on, what it expects and gives."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, Param, look
from simulator.dataplane.features import FEATURES, SOURCE_OF, VIEW_OF
from simulator.dataplane.transform import INPUTS
from simulator.durations import DAY_S, format_duration
from simulator.instruments.models import named_version
from simulator.observation import Observation, rounded_facts, table
from simulator.world import World

_LARGEST = 3


@look(
    "models card",
    group="models",
    takes="3m",
    params=(Param("version", "text", "a version such as v3, or champion or challenger", default="champion", positional=True, names="model"),),
    noticeable={"weight_share.": Noticeable(absolute=0.05, relative=0.0)},
    covers=("sys.governance", "sys.registry", "life.deployment"),
)
def models_card(world: World, args: Args) -> Observation:
    """Model card of a version: purpose, training data, figures, limits, signature, and the inputs that it leans on most."""
    version = named_version(world, args["version"])
    weight = np.abs(version.scorer.coefficients)
    share = weight / weight.sum()
    order = np.argsort(-share, kind="stable")[:_LARGEST]
    signature = table("Signature: one row per payment in", ("field", "type", "comes from"), [(f, "double", SOURCE_OF.get(f) or VIEW_OF.get(f) or "request") for f in FEATURES])
    leans = table("Leans on most", ("input", ("share of absolute weight", "ratio")), [(INPUTS[i], float(share[i])) for i in order])
    text = (
        f"Purpose: the probability that a payment above the first filter is fraud. Owner: {version.trained_by}. Output: one score from 0 to 1.",
        f"Trained on {version.rows} payments over {format_duration(version.frame_until_s - version.frame_since_s)}, the youngest {format_duration(version.label_age_s)} old;"
        f" entity features joined {version.join}, transform {version.transform}, seed {version.train_seed}, image {version.image}, commit {version.commit}.",
        f"On the pipeline's holdout: AUC {version.metrics['auc']:.3f}, log loss {version.metrics['log_loss']:.4f}, mean score {version.metrics['mean_score']:.4f}.",
        "Limits: labels exist only for approved payments; the declined are seen through those let through on purpose. Not for payments below the first filter.",
    )
    values = {
        "join": version.join,
        "transform": version.transform,
        "frame_days": (version.frame_until_s - version.frame_since_s) / DAY_S,
        "label_age_days": version.label_age_s / DAY_S,
        "leans_on": INPUTS[order[0]],
        **{f"weight_share.{INPUTS[i]}": float(share[i]) for i in order},
    }
    return Observation(f"Model card of {version.name}", tables=(signature, leans), text=text, facts=rounded_facts(values))
