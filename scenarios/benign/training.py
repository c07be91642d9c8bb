"""Benign changes of pipelines, of training and of what happens to its candidates."""

from __future__ import annotations

from scenarios.benign.change import BenignChange
from scenarios.faults.fault import FaultParam, Params
from simulator.durations import DAY_S, MINUTE_S
from simulator.timeline import Edit


def _promotion(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "pipeline.trigger/train", "regular retraining", "fraud-ml", "extra training run before the release freeze")]


def _frame_window(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "training.window_s", 26 * DAY_S, "fraud-ml", "training window of 26 days, so that the frame fits the smaller node")]


def _wide_holdout(at_s: float, params: Params) -> list[Edit]:
    why = "the gate measures on all payments, those that the first filter lets pass included, as the audit asks; figures are not comparable with earlier ones"
    return [Edit(at_s, "gate.filtered_share", float(params["share"]), "fraud-ml", why)]


def _partition_move(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "materialise.read_path/card_profile", "current", "data-platform", "offline partitions of card_profile are compacted in place")]


def _manual_promotion(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "delivery.auto_promote", False, "fraud-ml", "until the audit is over somebody looks at each candidate before it serves")]


def _checkpoints(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "training.checkpoint_s", float(params["minutes"]) * MINUTE_S, "fraud-ml", "checkpoints at another pace, since the bucket moved")]


def _brief_pause(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "pipeline.paused/labels", True, "risk-data", "paused while the warehouse is patched"),
        Edit(at_s + float(params["minutes"]) * MINUTE_S, "pipeline.paused/labels", False, "risk-data", "the warehouse is patched"),
    ]


CHANGES = (
    BenignChange("model-promotion", "an extra training run on the proper frame; its candidate goes through the gate", (), _promotion),
    BenignChange("frame-window", "the scheduled training frame gets two days shorter", (), _frame_window),
    BenignChange(
        "wide-holdout",
        "the gate measures on easy payments too, so that the figures of every candidate rise",
        (FaultParam("share", "share of the holdout that are easy", low=0.4, high=0.8),),
        _wide_holdout,
    ),
    BenignChange("partition-compaction", "the data platform compacts partitions in place", (), _partition_move),
    BenignChange("manual-promotion", "a candidate that passes the gate waits for somebody to promote it", (), _manual_promotion),
    BenignChange("checkpoint-pace", "training saves its work at another pace", (FaultParam("minutes", "minutes of work between checkpoints", low=8, high=14),), _checkpoints),
    BenignChange("brief-pause", "the DAG of labels is paused for some minutes between two runs", (FaultParam("minutes", "how long", low=20, high=40),), _brief_pause),
)
