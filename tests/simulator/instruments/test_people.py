from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.catalogue import LEVERS
from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused, UsageError
from simulator.instruments.people import ASSETS, asset_of
from simulator.instruments.source_contracts import SOURCES
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]
DAY_60_S = 60 * DAY_S


@pytest.fixture
def busy(later: Callable[..., World]) -> World:
    """Several teams changed something; one change touched two levers, one lies two weeks back, one is still to come."""
    return later(
        [
            Edit(DAY_60_S, "source.unit_factor/payments.amount.web", 100.0, "payments-platform", "amounts of web and app are sent in minor units"),
            Edit(DAY_60_S, "source.unit_factor/payments.amount.app", 100.0, "payments-platform", "amounts of web and app are sent in minor units"),
            Edit(DAY_60_S + HOUR_S, "source.schema_version/payments", "8", "payments-platform", "moved to schema 8"),
            Edit(DAY_60_S, "labels.join_loss", 0.5, "disputes", "new payment ids"),
            Edit(DAY_60_S, "online.slowdown", 2.0, "data-platform", "store moved to the shared pool"),
            Edit(DAY_60_S, "nature.drift", 0.5, "fraudsters", "adapted"),
            Edit(DAY_60_S + 9 * HOUR_S, "source.null_rate/devices.session_seconds", 0.5, "mobile-sdk", "kit 12"),
        ],
        2 * HOUR_S,
    )


def test_a_team_tells_its_changes_once_each_in_its_own_words(busy: World, seen: Seen) -> None:
    shown = seen(busy, "ask payments-platform")
    assert shown.text == ("Fri 04 Sep 00:00: amounts of web and app are sent in minor units", "Fri 04 Sep 01:00: moved to schema 8")
    assert shown.facts == {"changed.payments": "yes"}


def test_a_team_answers_for_its_own_things_only(busy: World, seen: Seen) -> None:
    assert seen(busy, "ask disputes").text == ("Fri 04 Sep 00:00: new payment ids",)
    assert seen(busy, "ask data-platform changes").text == ("Fri 04 Sep 00:00: store moved to the shared pool",)


def test_the_team_of_the_callers_tells_how_they_try_and_nobody_else_does(later: Callable[..., World], seen: Seen) -> None:
    world = later([Edit(DAY_60_S, "callers.attempts", 6.0, "checkout", "client 5.2: six tries")], 2 * HOUR_S)
    assert seen(world, "ask checkout").text == ("Fri 04 Sep 00:00: client 5.2: six tries",)
    assert seen(world, "ask checkout schedule").text == ("callers: one request for a score with every payment, when the customer pays",)
    assert seen(world, "ask payments-platform").facts == {"changed.payments": "no"}


def test_what_has_not_happened_yet_is_not_told(busy: World, seen: Seen) -> None:
    shown = seen(busy, "ask mobile-sdk")
    assert shown.text == ("nothing changed on our side since Tue 25 Aug 02:00",)
    assert shown.facts == {"changed.devices": "no"}


def test_a_team_remembers_ten_days(busy: World, seen: Seen) -> None:
    busy.advance(DAY_60_S + 11 * DAY_S)
    assert seen(busy, "ask disputes").facts == {"changed.chargebacks": "no"}
    assert seen(busy, "ask mobile-sdk").facts == {"changed.devices": "no"}


def test_no_lever_name_or_number_is_told_that_the_reason_does_not_say(busy: World, seen: Seen) -> None:
    told = " ".join(line for team in busy.spec.owners for line in seen(busy, f"ask {team.name}").text)
    assert not [lever.name for lever in LEVERS if lever.name in told]
    assert "0.5" not in told
    assert "100" not in told


def test_a_team_tells_the_schema_it_sends_with_documented_units(busy: World, seen: Seen) -> None:
    shown = seen(busy, "ask payments-platform schema")
    assert shown.facts == {"schema_version.payments": "8"}
    assert "schema 8, since Fri 04 Sep 01:00" in shown.text[0]
    assert "amount (USD)" in shown.text[0]


def test_a_schedule_names_what_is_owned(busy: World, seen: Seen) -> None:
    assert seen(busy, "ask disputes schedule").text == ("chargebacks: feed, joined to payments once a day; your labels DAG reads it every 24h, 4h past",)
    assert len(seen(busy, "ask data-platform schedule").text) == 4


def test_a_policy_is_told_by_whoever_has_one(busy: World, seen: Seen) -> None:
    assert seen(busy, "ask checkout policy").text == ("callers: one attempt, and no second one",)
    assert seen(busy, "ask checkout policy").facts["attempts"] == 1.0
    (machines,) = seen(busy, "ask cloud policy").text
    assert "a node of gpu joins about 2.5m after it is asked for" in machines
    assert seen(busy, "ask disputes policy").text == ("chargebacks: what we send is in the schema, when it comes in the schedule",)


def test_every_lever_that_only_owners_know_belongs_to_a_team_that_can_be_asked(base_world: World) -> None:
    owned = {asset for owner in base_world.spec.owners for asset in owner.owns}
    for lever in LEVERS:
        if lever.audience == "owner":
            places = [f"{lever.name}/{source.name}.x" for source in SOURCES] if lever.name.startswith("source.") else [f"{lever.name}/anything"]
            assert all(asset_of(Edit(0.0, place, None, "x", "y")) in owned for place in places)
    assert sorted(ASSETS) == sorted(lever.name for lever in LEVERS if lever.audience == "owner" and not lever.name.startswith("source."))


def test_an_unknown_team_or_topic_is_refused_with_those_there_are(base_world: World, seen: Seen) -> None:
    with pytest.raises(Refused, match="payments-platform, mobile-sdk, disputes, data-platform"):
        seen(base_world, "ask marketing")
    with pytest.raises(UsageError, match="changes, schedule, schema, policy"):
        seen(base_world, "ask disputes gossip")


@pytest.mark.parametrize("topic", ["changes", "schedule", "schema", "policy"])
def test_asking_changes_nothing(busy: World, topic: str, seen: Seen) -> None:
    before = busy.digest()
    assert seen(busy, f"ask disputes {topic}").text
    assert busy.digest() == before
