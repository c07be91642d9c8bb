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
from simulator.nature.population import CHANNELS, Floats, Payments, within_period
from simulator.timeline import Timeline


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
        _fade(rows.now[view.states], within_period(rows.at_s, view.cadence_s), view.tau_s, rows.lag[view.states], out[view.states])
    return out


def online_states(rows: Payments, offline: Floats, levers: Levers) -> Floats:
    """State as last materialised, at least as old as the offline one, shape [STATES, n]."""
    out = np.empty_like(offline)
    for view in VIEWS:
        age = rows.at_s - levers[f"online.event_time_s/{view.name}"].numbers(rows.at_s)
        further = np.maximum(age - within_period(rows.at_s, view.cadence_s), 0.0)
        _fade(offline[view.states], further, view.tau_s, rows.lag2[view.states], out[view.states])
    return out


def _fade(states: Floats, age_s: Floats, tau_s: float, noise: Floats, out: Floats) -> None:
    """Write into `out` what the mean-reverting `states` [k, n] are known to be at an age of `age_s` [n]."""
    rho = np.exp(-age_s / tau_s)
    np.multiply(rho, states, out=out)
    out += np.sqrt(1.0 - rho * rho) * noise


def in_force(line: Timeline, at_s: Floats) -> Floats | float:
    """The values in force at ascending times; one number where it is the same at all of them."""
    if not len(at_s):
        return line.numbers(at_s)
    change = line.next_change_after(float(at_s[0]))
    return line.number_at(float(at_s[0])) if change is None or change > at_s[-1] else line.numbers(at_s)


def _is(value: Floats | float, number: float) -> bool:
    return isinstance(value, float) and value == number


COUNTED = ("txn_count_1h", "txn_amount_24h")
"""Features that count deliveries, so that an event delivered twice counts twice."""


def counted_twice(features: dict[str, Floats], rows: Payments, levers: Levers) -> dict[str, Floats]:
    """`features` with the counts as they come out of a source that delivers some events twice."""
    share = in_force(levers["source.duplicates/payments"], rows.at_s)
    return features if _is(share, 0.0) else {name: value * (1.0 + share) if name in COUNTED else value for name, value in features.items()}


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
    streamed = {"amount": rows.amount, "session_seconds": rows.session_s}
    for feature, field in SOURCE_OF.items():
        for code, channel in enumerate(CHANNELS):
            factor = in_force(levers[f"source.unit_factor/{field}.{channel}"], rows.at_s) * in_force(levers[f"transform.convert/{field}.{channel}"], rows.at_s)
            if not _is(factor, 1.0):
                streamed[feature] = np.where(rows.channel == code, streamed[feature] * factor, streamed[feature])
    null_rate = in_force(levers["source.null_rate/devices.session_seconds"], rows.at_s)
    if not _is(null_rate, 0.0):
        streamed["session_seconds"] = np.where(rows.uniform["null"] < null_rate, DEFAULT_SESSION_S, streamed["session_seconds"])
    values = counted_twice(observed(online_states(rows, offline, levers) + rows.habit), rows, levers)
    unknown_rate = in_force(levers["source.unknown_rate/devices.country"], rows.at_s)
    mismatch = rows.mismatch if _is(unknown_rate, 0.0) else np.where(rows.uniform["null"] < unknown_rate, 0.0, rows.mismatch)
    for view in VIEWS:
        absent = default_filled | (in_force(levers[f"online.withheld/{view.name}"], rows.at_s) > 0)
        absent |= levers[f"online.event_time_s/{view.name}"].numbers(rows.at_s) == NO_ROWS_S
        if absent.any():
            for feature in view.features:
                values[feature] = np.where(absent, DEFAULTS[feature], values[feature])
    return {**streamed, "new_device": rows.new_device, "country_mismatch": mismatch, **values}
