"""How time is to pass: by action, or live at a speed, with pause and single steps."""

from __future__ import annotations

from console.host.messages import SetClock
from console.host.shown import ClockState
from console.screens.question import Answer, QuestionScreen
from simulator.durations import HOUR_S, MINUTE_S

SPEEDS = (1.0, 10.0, 60.0, 300.0, 900.0, 3600.0)
STEPS = {"step 5 minutes": 5 * MINUTE_S, "step 30 minutes": 30 * MINUTE_S, "step 2 hours": 2 * HOUR_S}


def clock_question(clock: ClockState) -> QuestionScreen[SetClock]:
    """The choices that there are from `clock`; the cursor stands on what is so now."""
    answers = [Answer("by action: only commands take time", SetClock(live=False))]
    answers += [Answer(f"live, {speed:g} times wall time", SetClock(live=True, speed=speed)) for speed in SPEEDS]
    now = 1 + SPEEDS.index(clock.speed) if clock.live and clock.speed in SPEEDS else 0
    if clock.live:
        answers.append(Answer("go on" if clock.paused else "pause", SetClock(live=True, speed=clock.speed, paused=not clock.paused)))
        answers += [Answer(name, SetClock(live=True, speed=clock.speed, paused=True, step_s=step_s)) for name, step_s in STEPS.items()]
    return QuestionScreen("A live clock runs while you think; it is journaled, so the drill replays the same.", answers, title="Clock", first=now)
