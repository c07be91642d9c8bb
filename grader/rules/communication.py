"""Communication: structured updates by what they hold and when they come, never by their wording.

An update counts only with a look behind the drill and while it is true: `mitigated` before anything helped is not.
"""

from __future__ import annotations

from grader.finding import Finding
from grader.rubric import Rubric
from grader.rules.assessment import Assessment, assess, limited
from grader.rules.trace import Trace, listed, named, useful_moves
from scenarios.steps import Step
from simulator.durations import format_duration

PARTS = ("impact", "status", "next", "eta")


def communication(t: Trace, rubric: Rubric) -> Assessment:
    wrong = [(u, why) for u in t.words("update") if (why := untrue(t, u))]
    held = tuple(u for u in t.words("update") if not untrue(t, u)) if t.telling else ()
    return assess([_first(t, held, rubric), _closing(t, held, rubric), _number(held, rubric), *_untrue(wrong, rubric)], rubric)


def untrue(t: Trace, update: Step) -> str:
    """Why an update's status did not hold when it was sent; empty where it did, or where it names none."""
    status, at = update.args.get("status"), update.step
    if status == "no-incident":
        return "" if t.evidence.control else "something was wrong"
    if status == "identified" and not any(d.step < at for d in t.declares):
        return "no cause had been declared"
    if status in ("mitigated", "monitoring", "resolved") and not t.evidence.control and not any(m.step < at for m in useful_moves(t)):
        return "nothing had been done that helped"
    if status == "mitigated" and t.evidence.control:
        return "there was nothing to mitigate"
    return ""


def parts_of(update: Step) -> tuple[str, ...]:
    """Which of the four parts an update gives."""
    return tuple(p for p in PARTS if update.args.get(p) is not None and str(update.args[p]).strip())


def gives_number(update: Step) -> bool:
    """Whether an update tells the impact with a number."""
    return any(sign.isdigit() for sign in str(update.args.get("impact") or ""))


def _first(t: Trace, held: tuple[Step, ...], rubric: Rubric) -> Finding:
    rule = rubric["communication.first-update"]
    complete = next((u for u in held if len(parts_of(u)) == len(PARTS)), None)
    if complete is not None:
        after_s = complete.at_s + complete.took_s - t.evidence.start_s
        late = after_s > rule.number("within_s")
        remark = f", later than {format_duration(rule.number('within_s'))}" if late else ""
        return rule.finding(True, rule.number("late") if late else 1.0, (complete.step,), after=format_duration(after_s), late=remark)
    if not held:
        sent = t.words("update")
        reason = f"No update counts: what {named(sent)} said was not so, or had no look behind it." if sent else "Nobody was told anything."
        return rule.finding(False, 0.0, reason=reason)
    best = max(held, key=lambda u: len(parts_of(u)))
    lacking = [p for p in PARTS if p not in parts_of(best)]
    credit = rule.number("incomplete") * len(parts_of(best)) / len(PARTS)
    return rule.finding(False, credit, (best.step,), reason=f"No update was complete; the fullest, {named((best,))}, leaves out {listed([f'--{p}' for p in lacking])}.")


def _closing(t: Trace, held: tuple[Step, ...], rubric: Rubric) -> Finding:
    rule = rubric["communication.closing-update"]
    if t.evidence.control:
        after, share, when = (t.telling[0].step if t.telling else float("inf")), 1.0, "before it was closed"
        told = tuple(u for u in held if u.step > after and u.args.get("status") in ("no-incident", "monitoring", "resolved"))
    elif useful_moves(t):
        after, share, when = useful_moves(t)[-1].step, 1.0, "after the remedy"
        told = tuple(u for u in held if u.step > after)
    else:
        # Nothing helped; telling at least what is known once a cause is named is worth a part.
        after, share, when = (t.declared.step if t.declared is not None else float("inf")), rule.number("unmitigated"), "once a cause was named"
        told = tuple(u for u in held if u.step > after)
    return rule.finding(bool(told), share if told else 0.0, tuple(u.step for u in told[:1]), when=when)


def _number(held: tuple[Step, ...], rubric: Rubric) -> Finding:
    found = next((u for u in held if gives_number(u)), None)
    return rubric["communication.impact-number"].finding(found is not None, 1.0 if found is not None else 0.0, (found.step,) if found is not None else ())


def _untrue(wrong: list[tuple[Step, str]], rubric: Rubric) -> list[Finding]:
    rule = rubric["communication.untrue-update"]
    costs = limited([rule.number("each")] * len(wrong), rule.number("most"))
    return [rule.finding(True, 0.0, (u.step,), weight=cost, status=u.args.get("status"), why=why) for (u, why), cost in zip(wrong, costs, strict=True)]
