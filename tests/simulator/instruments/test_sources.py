from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused, UsageError
from simulator.instruments.source_contracts import SOURCES, in_force_since, owner_of
from simulator.observation import Observation
from simulator.timeline import Edit, Timeline
from simulator.world import World

Seen = Callable[[World, str], Observation]
DAY_60_S = 60 * DAY_S


@pytest.fixture(scope="module")
def changed(later: Callable[..., World]) -> World:
    """Half a day after one channel's amount moved to cents, with empty session times and a campaign."""
    edits = [
        Edit(DAY_60_S, "source.schema_version/payments", "8", "payments-platform", "schema 8"),
        Edit(DAY_60_S, "source.unit_factor/payments.amount.app", 100.0, "payments-platform", "minor units"),
        Edit(DAY_60_S, "source.null_rate/devices.session_seconds", 0.3, "mobile-sdk", "new kit"),
        Edit(DAY_60_S, "nature.campaign", 0.3, "marketing", "campaign"),
    ]
    return later(edits, 0.5 * DAY_S)


def test_every_source_is_listed_with_its_owner_and_newest_arrival(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "sources list")
    assert [(row[0], row[1]) for row in shown.tables[0].rows] == [("payments", "payments-platform"), ("devices", "mobile-sdk"), ("chargebacks", "disputes")]
    assert 0 <= float(shown.facts["arrival_age_s.payments"]) < 300
    newest = base_world.rows.numbers("chargeback_at_s", 0.0, base_world.now_s)
    expected = base_world.now_s - newest[newest <= base_world.now_s].max()
    assert shown.facts["arrival_age_s.chargebacks"] == pytest.approx(expected, rel=1e-4)


def test_each_source_has_an_owner_that_can_be_asked(base_world: World) -> None:
    assert all(owner_of(base_world.spec, source.name) for source in SOURCES)


def test_the_schema_shows_the_version_and_since_when_and_the_documented_unit(changed: World, base_world: World, seen: Seen) -> None:
    shown = seen(changed, "sources schema payments")
    assert shown.facts == {"schema_version.payments": "8", "version_age_s.payments": 0.5 * DAY_S}
    assert ("amount", "number", "USD", "what the customer pays") in shown.tables[0].rows
    assert seen(base_world, "sources schema payments").facts == {"schema_version.payments": "7"}


def test_an_edit_to_the_same_value_does_not_make_a_version_younger() -> None:
    line = Timeline("source.schema_version/payments", "7", [Edit(at, "source.schema_version/payments", value, "x", "y") for at, value in ((5.0, "7"), (9.0, "8"), (12.0, "8"))])
    assert in_force_since(line, 6.0) == ("7", None)
    assert in_force_since(line, 20.0) == ("8", 9.0)


def test_a_profile_by_channel_shows_the_ratio_where_it_is(changed: World, seen: Seen) -> None:
    facts = seen(changed, "sources profile payments --last 6h --by channel").facts
    assert float(facts["median_ratio.amount.app"]) > 50
    assert float(facts["median_ratio.amount.web"]) == pytest.approx(1.0, abs=0.3)
    assert facts["nulls.amount.app"] == 0.0


def test_a_profile_leaves_empty_values_out_and_counts_them(changed: World, seen: Seen) -> None:
    shown = seen(changed, "sources profile devices")
    assert float(shown.facts["nulls.session_seconds"]) == pytest.approx(0.3, abs=0.04)
    sent = changed.rows.numbers("served.session_seconds", changed.now_s - 6 * HOUR_S, changed.now_s)
    row = shown.tables[0].rows[0]
    assert row[6] == pytest.approx(np.median(sent[sent != 90.0]), rel=1e-5)


def test_the_mix_moves_with_a_campaign(changed: World, base_world: World, seen: Seen) -> None:
    assert float(seen(changed, "sources profile payments").facts["share.app"]) > float(seen(base_world, "sources profile payments").facts["share.app"]) + 0.03


def test_stream_against_warehouse_tells_the_factor_and_the_channel(changed: World, seen: Seen) -> None:
    facts = seen(changed, "sources compare payments").facts
    assert (facts["median_ratio.amount.app"], facts["equal.amount.app"]) == (100.0, 0.0)
    assert (facts["median_ratio.amount.web"], facts["equal.amount.web"]) == (1.0, 1.0)


def test_empty_values_are_counted_apart_from_those_that_differ(changed: World, seen: Seen) -> None:
    facts = seen(changed, "sources compare devices").facts
    assert (facts["median_ratio.session_seconds.web"], facts["equal.session_seconds.web"]) == (1.0, 1.0)
    assert float(facts["empty.session_seconds.web"]) == pytest.approx(0.3, abs=0.06)


def test_a_conversion_in_serving_is_seen_in_the_comparison(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(DAY_60_S, f"{lever}/payments.amount.app", factor, "x", "y") for lever, factor in (("source.unit_factor", 100.0), ("transform.convert", 0.01))])
    world.advance(DAY_60_S + HOUR_S)
    assert seen(world, "sources compare payments --last 1h").facts["median_ratio.amount.app"] == pytest.approx(1.0, rel=1e-5)


def test_volume_per_hour_is_what_the_service_counted(changed: World, seen: Seen) -> None:
    shown = seen(changed, "sources volume payments --last 6h")
    hour, events, before, _ = shown.tables[0].rows[0]
    assert events == changed.service.windows(float(str(hour)), float(str(hour)) + HOUR_S).requests.sum()
    assert before == changed.service.windows(float(str(hour)) - 7 * DAY_S, float(str(hour)) - 7 * DAY_S + HOUR_S).requests.sum()
    assert float(shown.facts["volume_ratio"]) == pytest.approx(1.3, abs=0.1)
    assert float(shown.facts["volume_ratio.app"]) > float(shown.facts["volume_ratio.web"]) + 0.2


def test_the_chargeback_feed_is_counted_by_day(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "sources volume chargebacks")
    assert len(shown.tables[0].rows) == 7
    assert float(shown.facts["volume_ratio"]) == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sources schema crm", "payments, devices, chargebacks"),
        ("sources profile chargebacks", "payments, devices"),
        ("sources compare crm", "payments, devices"),
        ("sources profile devices --last 1m", "15m"),
    ],
)
def test_an_unknown_source_is_refused_with_those_there_are(base_world: World, line: str, said: str, seen: Seen) -> None:
    with pytest.raises(Refused, match=said):
        seen(base_world, line)


def test_only_a_split_by_channel_is_understood(base_world: World, seen: Seen) -> None:
    with pytest.raises(UsageError, match="channel"):
        seen(base_world, "sources profile payments --by region")


@pytest.mark.parametrize(
    "line", ["sources list", "sources schema devices", "sources profile devices --by channel", "sources compare payments", "sources volume devices", "sources volume chargebacks"]
)
def test_a_look_changes_nothing_and_shows_the_same_twice(changed: World, line: str, seen_twice: Seen) -> None:
    first = seen_twice(changed, line)
    assert 0 < len(first.facts) <= 30
