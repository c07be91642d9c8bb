"""Features as the serving path and the training path see them: three views over entity state, and the payment's own fields.

A view's value is as old as the row it was read from. Ages differ between the offline store (point in time) and the online
store (last materialised), and the streamed fields may arrive in another unit than the warehouse keeps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.durations import DAY_S, HOUR_S
from simulator.levers import Levers
from simulator.nature.outcome import sigmoid
from simulator.nature.population import CHANNELS, Floats, Payments


@dataclass(frozen=True, slots=True)
class View:
    name: str
    entity: str
    states: slice
    features: tuple[str, ...]
    tau_s: float
    """Relaxation time of the entity's state: a value `s` seconds old correlates exp(-s / tau_s) with the true one."""
    cadence_s: float
    """How often new rows are built and materialised."""
    ttl_s: float


VIEWS: tuple[View, ...] = (
    View("card_velocity", "card", slice(0, 3), ("txn_count_1h", "txn_amount_24h", "distinct_merchants_24h"), 12 * HOUR_S, HOUR_S, DAY_S),
    View("card_profile", "card", slice(3, 6), ("card_age_days", "disputes_60d", "avg_amount_30d"), 40 * DAY_S, DAY_S, 7 * DAY_S),
    View("merchant_risk", "merchant", slice(6, 8), ("merchant_fraud_rate_30d", "merchant_txn_24h"), 1.2 * DAY_S, 3 * HOUR_S, 3 * DAY_S),
)
VIEW = {view.name: view for view in VIEWS}
ENTITY_FEATURES: tuple[str, ...] = tuple(f for view in VIEWS for f in view.features)
STREAM_FEATURES = ("amount", "session_seconds")
FLAG_FEATURES = ("new_device", "country_mismatch")
FEATURES: tuple[str, ...] = (*STREAM_FEATURES, *FLAG_FEATURES, *ENTITY_FEATURES)
SOURCE_OF = {"amount": "payments.amount", "session_seconds": "devices.session_seconds"}
VIEW_OF = {feature: view.name for view in VIEWS for feature in view.features}
DEFAULT_SESSION_S = 90.0
NO_ROWS_S = float("-inf")
"""Newest event time of a view of which the online store holds no rows."""


def observed(states: Floats) -> dict[str, Floats]:
    """Entity features from observable state of shape [STATES, n]."""
    x = states
    return {
        "txn_count_1h": np.exp(1.0 + 0.6 * x[0]),
        "txn_amount_24h": np.exp(5.0 + 0.8 * x[1]),
        "distinct_merchants_24h": np.exp(0.9 + 0.5 * x[2]),
        "card_age_days": np.exp(6.0 + 0.8 * x[3]),
        "disputes_60d": np.exp(-0.7 + 0.6 * x[4]),
        "avg_amount_30d": np.exp(3.6 + 0.5 * x[5]),
        "merchant_fraud_rate_30d": sigmoid(-3.2 + 0.7 * x[6]),
        "merchant_txn_24h": np.exp(5.0 + 0.8 * x[7]),
    }


DEFAULTS = {name: float(value[0]) for name, value in observed(np.zeros((8, 1))).items()}


def offline_states(rows: Payments) -> Floats:
    """State as a point-in-time join finds it: of the newest row at or before each payment, shape [STATES, n]."""
    out = np.empty_like(rows.now)
    for view in VIEWS:
        rho = np.exp(-(rows.at_s % view.cadence_s) / view.tau_s)
        out[view.states] = rho * rows.now[view.states] + np.sqrt(1.0 - rho * rho) * rows.lag[view.states]
    return out


def online_states(rows: Payments, offline: Floats, levers: Levers) -> Floats:
    """State as last materialised, at least as old as the offline one, shape [STATES, n]."""
    out = np.empty_like(offline)
    for view in VIEWS:
        age = rows.at_s - levers[f"online.event_time_s/{view.name}"].numbers(rows.at_s)
        further = np.maximum(age - rows.at_s % view.cadence_s, 0.0)
        rho = np.exp(-further / view.tau_s)
        out[view.states] = rho * offline[view.states] + np.sqrt(1.0 - rho * rho) * rows.lag2[view.states]
    return out


COUNTED = ("txn_count_1h", "txn_amount_24h")
"""Features that count deliveries, so that an event delivered twice counts twice."""


def counted_twice(features: dict[str, Floats], rows: Payments, levers: Levers) -> dict[str, Floats]:
    """`features` with the counts as they come out of a source that delivers some events twice."""
    share = levers["source.duplicates/payments"].numbers(rows.at_s)
    return {name: value * (1.0 + share) if name in COUNTED else value for name, value in features.items()} if share.any() else features


def warehouse_features(rows: Payments, offline: Floats, levers: Levers) -> dict[str, Floats]:
    """Features of the training path: canonical units from the warehouse, entity values point in time."""
    return {
        "amount": rows.amount,
        "session_seconds": rows.session_s,
        "new_device": rows.new_device,
        "country_mismatch": rows.mismatch,
        **counted_twice(observed(offline + rows.habit), rows, levers),
    }


def served_features(rows: Payments, offline: Floats, levers: Levers, default_filled: NDArray[np.bool_]) -> dict[str, Floats]:
    """Features as the model server got them: streamed units, stored values, defaults where the fetch timed out or a view is withheld or empty."""
    streamed = {"amount": rows.amount.copy(), "session_seconds": rows.session_s.copy()}
    for feature, field in SOURCE_OF.items():
        for code, channel in enumerate(CHANNELS):
            mine = rows.channel == code
            factor = levers[f"source.unit_factor/{field}.{channel}"].numbers(rows.at_s) * levers[f"transform.convert/{field}.{channel}"].numbers(rows.at_s)
            streamed[feature] = np.where(mine, streamed[feature] * factor, streamed[feature])
    empty = rows.uniform["null"] < levers["source.null_rate/devices.session_seconds"].numbers(rows.at_s)
    streamed["session_seconds"] = np.where(empty, DEFAULT_SESSION_S, streamed["session_seconds"])
    values = counted_twice(observed(online_states(rows, offline, levers) + rows.habit), rows, levers)
    unknown = rows.uniform["null"] < levers["source.unknown_rate/devices.country"].numbers(rows.at_s)
    mismatch = np.where(unknown, 0.0, rows.mismatch)
    for view in VIEWS:
        absent = default_filled | (levers[f"online.withheld/{view.name}"].numbers(rows.at_s) > 0)
        absent |= levers[f"online.event_time_s/{view.name}"].numbers(rows.at_s) == NO_ROWS_S
        if absent.any():
            for feature in view.features:
                values[feature] = np.where(absent, DEFAULTS[feature], values[feature])
    return {**streamed, "new_device": rows.new_device, "country_mismatch": mismatch, **values}
