"""From features to model inputs. Versions differ; skew is two versions, or one version fed with two kinds of features."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.durations import DAY_S, HOUR_S
from simulator.nature.population import Floats

VERSIONS = {"t3": 0.0, "t3.1": 0.0, "t4": 6.0}
"""Transform versions and the hours by which each shifts the clock before it asks whether it is night. t3.1 only reads faster."""

INPUTS = (
    "log_amount",
    "log_amount_over_usual",
    "log_session",
    "night",
    "new_device",
    "country_mismatch",
    "log_txn_count_1h",
    "log_txn_amount_24h",
    "log_distinct_merchants",
    "log_card_age",
    "log_disputes",
    "log_usual_amount",
    "logit_merchant_fraud_rate",
    "log_merchant_txn",
    "new_device_and_large",
)


def model_inputs(features: Mapping[str, Floats], at_s: Floats, version: str) -> Floats:
    """Model inputs of shape [len(INPUTS), n] from features of shape [n] each."""
    log_amount = np.log(features["amount"])
    usual = np.log(features["avg_amount_30d"])
    hour = (at_s + VERSIONS[version] * HOUR_S) % DAY_S / HOUR_S
    rate = np.clip(features["merchant_fraud_rate_30d"], 1e-6, 1 - 1e-6)
    return np.vstack(
        [
            log_amount,
            log_amount - usual,
            np.log(features["session_seconds"]),
            ((hour < 6) | (hour >= 23)).astype(np.float64),
            features["new_device"],
            features["country_mismatch"],
            np.log(features["txn_count_1h"]),
            np.log(features["txn_amount_24h"]),
            np.log(features["distinct_merchants_24h"]),
            np.log(features["card_age_days"]),
            np.log(features["disputes_60d"]),
            usual,
            np.log(rate / (1.0 - rate)),
            np.log(features["merchant_txn_24h"]),
            features["new_device"] * np.maximum(log_amount - usual, 0.0),
        ]
    )
