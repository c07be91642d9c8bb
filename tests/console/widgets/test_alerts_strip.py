from __future__ import annotations

import pytest
from textual.pilot import Pilot

from console.host.shown import Alert
from console.widgets.alerts_strip import AlertsStrip, alert_lines, known_alerts
from tests.console.samples import NASTY, START_S, UNSAFE, snapshot
from tests.console.widgets.pane_stage import Stage, play, settled

NOW_S = START_S + 2520.0


def alert(rule: str, state: str = "firing", since_s: float | None = START_S, value: float | None = 2.0, summary: str = "what it watches") -> Alert:
    return Alert(rule, "page", state, value, 1.0, ">", since_s, summary)


def test_a_line_has_state_rule_value_against_bound_and_since_when() -> None:
    shown = [line.plain.rstrip() for line in alert_lines(known_alerts(snapshot(NOW_S), NOW_S), NOW_S, 100)]
    assert shown == [
        "! firing   missed-fraud-high  141.5 > 130  since 08:55, 47m",
        "~ pending  feature-job-late   3.2 > 3      since 09:10, 32m",
    ]


def test_a_missing_value_and_a_rule_that_fires_for_days_are_said() -> None:
    (line,) = alert_lines([alert("rule", since_s=NOW_S - 3 * 86_400, value=None)], NOW_S, 100)
    assert "no value, bound 1" in line.plain
    assert "since Sat 03 Oct 09:42, 3d" in line.plain


@pytest.mark.parametrize("width", range(20, 90))
def test_no_width_cuts_the_state_and_no_line_is_wider_than_the_strip(width: int) -> None:
    lines = alert_lines(known_alerts(snapshot(NOW_S), NOW_S), NOW_S, width)
    assert [line.plain.split("  ")[0] for line in lines] == ["! firing", "~ pending"]
    assert all(line.cell_length <= width for line in lines)


def test_what_fires_comes_first_and_what_begins_later_is_not_known_yet() -> None:
    alerts = (alert("c", "silenced", None), alert("b", "pending"), alert("a"), alert("later", since_s=NOW_S + 60))
    assert [known.rule for known in known_alerts(snapshot(NOW_S, alerts=alerts), NOW_S)] == ["a", "b", "c"]
    assert [known.rule for known in known_alerts(snapshot(NOW_S, alerts=alerts), NOW_S + 60)] == ["a", "later", "b", "c"]


def test_three_alerts_have_a_line_and_the_rest_is_counted() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.screen.set_focus(None)
        await settled(pilot)
        assert [line.strip() for line in stage.lines[:5]][3:] == ["+2 more", ""]
        assert stage.pane.size.height == 4

    play(AlertsStrip(), scene, first=snapshot(NOW_S, alerts=tuple(alert(f"rule-{k}") for k in range(5))))


def test_the_focus_opens_every_alert_with_its_summary() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.screen.set_focus(None)
        await settled(pilot)
        assert "what it watches" not in stage.text
        stage.pane.focus()
        await settled(pilot)
        assert stage.text.count("page: what it watches") == 5
        assert "more" not in stage.text

    play(AlertsStrip(), scene, first=snapshot(NOW_S, alerts=tuple(alert(f"rule-{k}") for k in range(5))))


def test_no_alert_is_said_in_words() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert "+ no alert fires or is pending" in stage.text
        stage.take(snapshot(NOW_S))
        await settled(pilot)
        assert "! firing   missed-fraud-high" in stage.text

    play(AlertsStrip(), scene, first=snapshot(NOW_S, alerts=()))


def test_nasty_alerts_are_only_text() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        for text in NASTY:
            stage.take(snapshot(NOW_S, alerts=(alert(text, text, summary=text), alert("plain"))))
            await settled(pilot)
            assert not set(UNSAFE) & set(stage.text), repr(text)
            assert "plain" in stage.text, repr(text)

    play(AlertsStrip(), scene)
