"""Training as the pipeline does it: build the frame with the labels and the join that are there, fit, evaluate, judge.

A leak, immature labels or a wrong snapshot are not special cases here: they are what the frame contains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.features import ENTITY_FEATURES, FLAG_FEATURES, VIEWS, observed, offline_states
from simulator.dataplane.rows import EXPLORED, RowPlane
from simulator.dataplane.scorer import Scorer, fit
from simulator.dataplane.transform import model_inputs
from simulator.durations import DAY_S
from simulator.levers import Levers
from simulator.nature.population import Floats, payments
from simulator.observation import significant
from simulator.platform.model_size import STANDARD, ModelSize
from simulator.telemetry.quality import log_loss, roc_auc

FRAME_ROWS = 30_000
MIN_FRAME_ROWS = 8_000
HOLDOUT_SHARE = 0.2
DISPUTE_STEP, MERCHANT_STEP = 1.5, 0.5
"""How far a payment's own chargeback moves its card's dispute count and its merchant's fraud rate (log, logit) once it is counted."""

LATEST = "latest"
"""The join that takes entity features as the newest snapshot has them, and so leaks what came after the payment."""
_FEATURE_COLUMNS = (*(f"offline.{name}" for name in (*ENTITY_FEATURES, "amount", "session_seconds")), *(f"served.{name}" for name in FLAG_FEATURES))
COLUMNS_READ = ("approved", "explored", "at_s", "chargeback_at_s", "join_mark", *_FEATURE_COLUMNS)
"""All that a frame takes from the rows; with the join `latest` it reads the population too."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows for training in order of time: `inputs` [k, n], `labels` and `weights` [n]."""

    at_s: Floats
    inputs: Floats
    labels: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training run was told."""

    as_of_s: float
    window_s: float
    label_age_s: float
    join: str
    transform: str
    size: str = "standard"
    snapshot_s: float = 0.0
    """With the join `latest`: the newest span of the frame that the snapshot gives, older rows still being joined point in time; 0 for the whole frame."""
    settled_truth: bool = False
    """Only for the first model: labels from an archive in which every outcome is settled."""

    @property
    def until_s(self) -> float:
        return self.as_of_s - self.label_age_s

    @property
    def since_s(self) -> float:
        return self.until_s - self.window_s


def build_frame(rows: RowPlane, levers: Levers, recipe: Recipe, known_at: Callable[[Floats, Floats], Floats]) -> Frame:
    """The labelled rows of the recipe's window as known at its time; at most about FRAME_ROWS, thinned evenly.

    Payments that were declined have no label and are left out; the explored ones stand for them by weight.
    """
    span = (recipe.since_s, recipe.until_s)
    approved = rows.column("approved", *span).astype(bool)
    explored = rows.column("explored", *span).astype(bool)
    usual = np.flatnonzero(approved & ~explored)
    stride = max(1, len(usual) // FRAME_ROWS)
    chosen = np.sort(np.concatenate([usual[::stride], np.flatnonzero(explored)]))
    at_s = rows.numbers("at_s", *span)[chosen]
    chargeback = rows.numbers("chargeback_at_s", *span)[chosen]
    known = chargeback if recipe.settled_truth else known_at(chargeback, rows.numbers("join_mark", *span)[chosen])
    labels = (np.isfinite(known) if recipe.settled_truth else known <= recipe.as_of_s).astype(np.float64)
    features = {name.partition(".")[2]: rows.column(name, *span)[chosen].astype(np.float64) for name in _FEATURE_COLUMNS}
    if recipe.join == LATEST:
        newest = at_s >= (recipe.until_s - recipe.snapshot_s if recipe.snapshot_s else recipe.since_s)
        features |= {name: np.where(newest, value, features[name]) for name, value in _latest(rows, levers, span, chosen, labels, recipe.as_of_s).items()}
    weights = np.where(explored[chosen], 1.0 / EXPLORED, float(stride))
    return Frame(at_s, model_inputs(features, at_s, recipe.transform), labels, weights / weights.mean() if len(weights) else weights)


def _latest(rows: RowPlane, levers: Levers, span: tuple[float, float], chosen: NDArray[np.int64], labels: Floats, as_of_s: float) -> dict[str, Floats]:
    """Entity features as the newest snapshot has them at `as_of_s`: later than the payment, and counting its own chargeback."""
    states, habits, times = [], [], []
    start = max(span[0], rows.chunks[0].since_s)
    while start < span[1]:
        stop = min((start // DAY_S + 1) * DAY_S, span[1])
        real = payments(rows.seed, levers, start, stop)
        offline = offline_states(real)
        later = np.empty_like(offline)
        for view in VIEWS:
            rho = np.exp(-(as_of_s - real.at_s) / view.tau_s)
            later[view.states] = rho * offline[view.states] + np.sqrt(1 - rho * rho) * real.lag2[view.states]
        states.append(later)
        habits.append(real.habit)
        times.append(real.at_s)
        start = stop
    state = (np.concatenate(states, axis=1) + np.concatenate(habits, axis=1))[:, chosen]
    state[4] += DISPUTE_STEP / 0.6 * labels
    state[6] += MERCHANT_STEP / 0.7 * labels
    return {name: value.astype(np.float32).astype(np.float64) for name, value in observed(state).items()}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fitted candidate with what the pipeline measured on its holdout (the latest part of the frame)."""

    scorer: Scorer
    rows: int
    positives: int
    metrics: dict[str, float]


def train(frame: Frame, champion: Scorer | None, size: ModelSize = STANDARD, filtered_share: float = 0.0) -> Candidate | None:
    """Fit a model of a size on the older part of the frame and measure on the newer; None where the frame is too small to fit.

    `filtered_share` of what is measured on, 0 to below 1, are payments that the first filter let pass: good ones, which count as scored 0.
    """
    if len(frame.at_s) < MIN_FRAME_ROWS:
        return None
    cut = int(len(frame.at_s) * (1 - HOLDOUT_SHARE))
    if frame.labels[:cut].sum() < 50 or frame.labels[cut:].sum() < 10:
        return None
    scorer = fit(frame.inputs[:, :cut], frame.labels[:cut], frame.weights[:cut], size.knots)
    inputs, labels, weights = np.ascontiguousarray(frame.inputs[:, cut:]), frame.labels[cut:], frame.weights[cut:]
    filtered = filtered_share / (1.0 - filtered_share) * float(weights.sum())
    scores = _with_filtered(scorer.score(inputs), filtered)
    labels, weights = _with_filtered(labels, filtered), np.append(weights, filtered) if filtered else weights
    measured = {
        "auc": roc_auc(labels, scores, weights),
        "log_loss": log_loss(labels, scores, weights),
        "positive_rate": float(np.average(frame.labels, weights=frame.weights)),
        "mean_score": float(np.average(scores, weights=weights)),
    }
    if champion is not None:
        measured["champion_auc"] = roc_auc(labels, _with_filtered(champion.score(inputs), filtered), weights)
    return Candidate(scorer, len(frame.at_s), int(frame.labels.sum()), {k: significant(v) for k, v in measured.items() if v is not None})


def _with_filtered(values: Floats, weight: float) -> Floats:
    """Labels or scores with the payments that the first filter let pass as one more row; as they are where those weigh nothing."""
    return np.append(values, 0.0) if weight else values
