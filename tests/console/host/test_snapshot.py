from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec
import numpy as np
import pytest

from console.host.briefings import map_of
from console.host.messages import Moved, decoded_event, encoded
from console.host.seat import Seat, begin, go_on
from console.host.shown import ClockState, Harm, Hypothesis, Mark, RunbookStep, Said, Snapshot
from console.host.snapshot import snapshot_of
from scenarios.incident import Incident
from simulator.catalogue import LEVERS
from simulator.dataplane.rows import Column, RowPlane
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.telemetry.signals import read_signal

BY_ACTION = ClockState(False, 60.0, False)
ID = "the-quiet-store-3-1"
LINES = (
    "alerts",
    "hypothesis population concept-drift",
    "features agee",
    "pipelines pause train",
    "registry promote v99",
    "features age --expect old",
    "update --impact few --status identified",
    "pipelines backfill materialise --view card_velocity",
    "wait 90m",
)


@pytest.fixture
def seat(world: Incident) -> Iterator[Seat]:
    made = begin("the-quiet-store", 3, actor="you")
    yield made
    made.journal.close()


@contextmanager
def another(session: str) -> Iterator[Seat]:
    made = go_on(session)
    try:
        yield made
    finally:
        made.journal.close()


def shown(seat: Seat, pinned: Sequence[str] = ()) -> Snapshot:
    return snapshot_of(seat, BY_ACTION, pinned)


def states(found: Snapshot) -> dict[str, str]:
    return {node.id: node.state for node in found.nodes}


def text_of(found: Snapshot) -> str:
    """All text of a snapshot but the words in which any cause is declared."""
    words = {kind: names for kind, names in found.names.items() if kind not in ("component", "mechanism")}
    return json.dumps(msgspec.to_builtins(msgspec.structs.replace(found, names=words)))


def test_the_store_is_ok_for_its_monitors_while_its_data_is_stale(seat: Seat) -> None:
    found, world = shown(seat), seat.drill.world
    fault = seat.incident.drawn.faults[0]
    age_s = read_signal(world, f"data_age_s/{fault.params['view']}", np.array([world.settled_s]))[0]
    assert age_s > 2 * DAY_S
    assert states(found)["online-store"] == "ok"
    assert states(found)["decisions"] == "firing"
    assert states(found)["devices"] == "none"


def test_nothing_tells_the_cause(seat: Seat) -> None:
    seat.drill.submit("alerts")
    said = text_of(shown(seat, seat.drill.world.spec.dashboard))
    component, mechanism = seat.incident.cause
    secret = [component, mechanism, *(fault.id for fault in seat.incident.drawn.faults)]
    secret += [lever.name for lever in LEVERS if lever.audience != "company"]
    assert [word for word in secret if word in said] == []


def test_nothing_is_read_that_only_the_truth_knows(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    seat.drill.world.settle()
    read: set[str] = set()
    column = RowPlane.column

    def noted(self: RowPlane, name: str, since_s: float, until_s: float) -> Column:
        read.add(name)
        return column(self, name, since_s, until_s)

    monkeypatch.setattr(RowPlane, "column", noted)
    shown(seat, ["chargebacks_per_10k", "label_join_ratio", "parity_correlation/card_velocity"])
    assert "warning_at_s" in read
    assert not read & {"probability", "fraud"}


def test_a_world_that_is_watched_becomes_the_same_as_one_that_is_not(world: Incident) -> None:
    digests = []
    for watched in (True, False):
        seat = begin("the-quiet-store", 3, actor="you")
        for line in LINES:
            seat.drill.submit(line)
            if watched:
                shown(seat, ["psi_max"])
            seat.drill.tick(seat.drill.now_s + 137.0)
            if watched:
                shown(seat)
        digests.append(seat.drill.world.digest())
        seat.journal.close()
    assert digests[0] == digests[1]


def test_a_snapshot_is_the_same_once_the_session_is_gone_on_with(seat: Seat) -> None:
    for line in LINES:
        seat.drill.submit(line)
    seat.drill.tick(seat.drill.now_s + HOUR_S)
    before = shown(seat)
    seat.journal.close()
    with another(ID) as again:
        assert shown(again) == before


def test_a_snapshot_crosses_to_the_screen_as_it_is(seat: Seat) -> None:
    for line in LINES:
        seat.drill.submit(line)
    event = Moved(snapshot=shown(seat, ["gate_lead"]))
    assert decoded_event(encoded(event)) == event


def test_charts_are_the_systems_then_the_pinned_ones(seat: Seat) -> None:
    spec = seat.drill.world.spec
    found = shown(seat, ["psi_max", "no_such_metric"])
    assert [chart.name for chart in found.charts] == [*spec.dashboard, "psi_max"]
    assert {(len(c.at_s), len(c.values), len(c.week_before)) for c in found.charts} == {(288, 288, 288)}
    assert [chart.threshold for chart in found.charts] == [130.0, 1800.0, None, None, 0.2]


def test_alerts_are_those_that_fire_are_pending_or_are_silenced(seat: Seat) -> None:
    seat.drill.submit("alerts silence timeouts-high")
    seat.drill.submit("alerts silence missed-fraud-high")
    before = shown(seat)
    assert {(alert.rule, alert.state) for alert in before.alerts} == {("missed-fraud-high", "silenced"), ("timeouts-high", "silenced")}
    assert (states(before)["decisions"], states(before)["model-server"]) == ("silenced", "silenced")
    with_firing = begin("the-quiet-store", 3, actor="you")
    with_firing.drill.submit("alerts silence timeouts-high")
    assert [(alert.rule, alert.state) for alert in shown(with_firing).alerts] == [("missed-fraud-high", "firing"), ("timeouts-high", "silenced")]
    with_firing.journal.close()


def test_marks_are_what_happened_within_the_charts(seat: Seat) -> None:
    start_s = seat.incident.start_s
    seat.drill.submit("alerts")
    seat.drill.submit("pipelines pause train")
    found = shown(seat).marks
    assert Mark(start_s, "page", "missed-fraud-high") in found
    # What a move changed is in the audit log too, and is marked once.
    assert [mark for mark in found if mark.at_s > start_s] == [Mark(start_s + MINUTE_S, "move", "#2 pipelines pause train")]
    promotions = [mark for mark in found if mark.kind == "change"]
    assert promotions
    assert all(mark.label.startswith("champion v") for mark in promotions)
    assert [mark.at_s for mark in found] == sorted(mark.at_s for mark in found)
    seat.drill.submit("wait 30h")
    later = shown(seat)
    assert not [mark for mark in later.marks if mark.kind in ("page", "move")]
    assert all(later.charts[0].at_s[0] - 5 * MINUTE_S <= mark.at_s <= later.now_s for mark in later.marks)


def test_an_alert_is_marked_where_it_began_to_fire(seat: Seat) -> None:
    seat.drill.world.pull("alert.threshold/latency-p99-high", 1.0, "fraud-ml", "stricter")
    seat.drill.submit("wait 1h")
    found = [mark for mark in shown(seat).marks if mark.label == "latency-p99-high"]
    assert found == [Mark(seat.incident.start_s + 15 * MINUTE_S, "alert", "latency-p99-high")]


def test_changes_that_somebody_made_together_are_one_mark(seat: Seat) -> None:
    world = seat.drill.world
    for lever, value in (("serving.release", "r99"), ("transform.serving", "t3.1"), ("gate.margin", 0.05)):
        world.pull(lever, value, "fraud-ml", "release")
    assert Mark(world.now_s, "change", "gate.margin 0.05 and 2 more by fraud-ml") in shown(seat).marks


def test_harm_is_counted_from_the_page(seat: Seat) -> None:
    assert shown(seat).harm.usd == 0.0
    seat.drill.submit("wait 12h")
    harm = shown(seat).harm
    assert harm.usd > 100_000
    assert harm.currency == "USD"
    assert isinstance(harm, Harm)


def test_the_channel_has_what_was_said_live_and_by_oneself(seat: Seat) -> None:
    start_s = seat.incident.start_s
    assert shown(seat).channel[0] == Said(start_s, "pager", seat.drill.opening()[0].text)
    seat.drill.submit('update --impact "a few hundred" --status investigating --next "look at features" --eta 1h')
    seat.drill.tick(start_s + 2 * HOUR_S + 5 * MINUTE_S)
    seat.drill.submit("wait 1h")
    said = shown(seat).channel[3:]
    assert said[0] == Said(start_s + 2 * MINUTE_S, "you", "a few hundred; investigating; next: look at features; next update in 60m")
    assert [(one.sender, one.at_s - start_s) for one in said[1:]] == [("product manager", 2 * HOUR_S), ("product manager", 3 * HOUR_S)]


def test_the_runbook_has_the_steps_and_the_hypotheses(seat: Seat) -> None:
    for line in ("alerts", "hypothesis labels/join label-loss --because 1", "nonsense"):
        seat.drill.submit(line)
    book, start_s = shown(seat).runbook, seat.incident.start_s
    assert book.hypotheses == (Hypothesis("H1", "labels/join", "label-loss", "open", (1,)),)
    assert book.steps[:2] == (
        RunbookStep(1, start_s, 60.0, "look", "alerts", "", ""),
        RunbookStep(2, start_s + 60, 0.0, "word", "hypothesis labels/join label-loss --because 1", "H1", ""),
    )
    assert book.steps[2].error.startswith("unknown command 'nonsense'")


def test_there_are_names_for_whatever_a_parameter_asks_for(seat: Seat) -> None:
    from scenarios.words import registry

    found = shown(seat).names
    assert set(found) == {param.names for command in registry().values() for param in command.params if param.names}
    assert [kind for kind, names in found.items() if not names] == []


def test_every_component_of_the_map_has_a_state(seat: Seat) -> None:
    assert list(states(shown(seat))) == [node.id for row in map_of(seat.drill.world.spec) for node in row.nodes]
