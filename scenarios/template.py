"""The scenario file that an author starts from: complete, correct, and explained where it is to be changed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from scenarios.safe_yaml import scalar_value
from simulator.durations import parse_duration
from simulator.errors import UsageError

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./,;()%+-]*[A-Za-z0-9.)%]|[A-Za-z0-9]", re.ASCII)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)

_TEXT = """\
# A scenario: what goes wrong, who notices, and how a good engineer would find and mend it.
# `hotseat scenarios check` proves by simulation that it is sound.
format_version: 1
name: {name}
title: {title}
system: {system}
minutes: {minutes}
difficulty: {difficulty}                        # 1 is a first drill, 5 is for staff engineers
roles: {roles}
levels: {levels}
covers: {covers}
based_on: {based_on}

# Each seed draws these anew; $name uses one below, and {{name}} prints it in the texts.
draw:
  onset: {{between: [{earliest}, {latest}], before: page}}

# The cause. Nobody sees this. Parameters take a value, a $name, {{one_of: [a, b]}} or {{between: [1, 2]}};
# those left out are drawn from what the fault can do. A scenario where nothing is wrong has faults: [].
faults:
  - {{fault: {fault}{params}, at: $onset}}

# Harmless changes, placed where attention goes, as in
#   - {{change: model-promotion, at: {{between: [4h, 20h], before: page}}}}
decoys: []

page: {{alert: {alert}, to: {to}}}

# What an experienced engineer would hold possible at first sight, the cause and `nothing` among it. Aim for 5 to 8.
differential:
{differential}

# What the person in the hot seat is told, and nothing that is not so. Never name the cause.
briefing: |
{briefing}

people:
  product-manager: {{asks_for: impact, every: 30m}}

objectives: {objectives}

# One good runbook, as typed: look until only one cause is left, say so, mend it, verify, report.
reference:
{reference}

# Plausible and wrong: a mitigation that must not pass.
mirror:
{mirror}

horizon: 14d                           # how long after the page the worlds are compared; late labels need time
"""


def new_scenario_text(
    name: str,
    title: str,
    system: str,
    fault: str,
    *,
    alert: str,
    component: str,
    mechanism: str,
    covers: Sequence[str],
    objectives: Sequence[str],
    others: Sequence[str] = (),
    params: Mapping[str, str | float | bool] | None = None,
    roles: Sequence[str] = ("platform", "model", "generalist"),
    levels: Sequence[str] = ("mid", "senior"),
    minutes: int = 30,
    difficulty: int = 3,
    onset: tuple[str, str] = ("12h", "36h"),
    onsets: Mapping[str, tuple[str, str]] | None = None,
    to: str = "on-call",
    briefing: str = "The alert has just fired and you are on call. Find out what is wrong, limit the harm, and say what you did.",
    reference: Sequence[str] = (),
    mirror: Sequence[str] = ("resolve",),
    based_on: Sequence[str] = (),
) -> str:
    """The text of a scenario file about `fault`, which declares as `component` and `mechanism`; `others` are further candidates.

    `onset` is the shortest and longest time from the cause to the page, `onsets` the same for candidates that take another
    time to show. Without a `reference` the runbook only looks once, declares, reports and resolves, for the author to fill in.

    Raises:
        UsageError: `name` is no file name for a scenario, or `onset` is no range of durations.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a scenario; write small letters and digits with hyphens, as in the-quiet-store")
    try:
        ordered = parse_duration(onset[0]) <= parse_duration(onset[1])
    except ValueError as problem:
        raise UsageError(str(problem)) from None
    if not ordered:
        raise UsageError(f"the time from cause to page runs from {onset[0]} to {onset[1]}; give the shorter one first")
    runbook = reference or (
        "alerts",
        f"declare {component} {mechanism} --because 1",
        'update --impact measured --status mitigated --next "verify on the next full day" --eta 24h',
        "resolve",
    )
    candidates = [fault, *(other for other in dict.fromkeys(others) if other != fault)]
    return _TEXT.format(
        name=_scalar(name),
        title=_scalar(title),
        system=_scalar(system),
        minutes=minutes,
        difficulty=difficulty,
        roles=_row(roles),
        levels=_row(levels),
        covers=_row(covers),
        based_on=_row(based_on),
        earliest=onset[0],
        latest=onset[1],
        fault=_scalar(fault),
        params="".join(f", {key}: {_scalar(value)}" for key, value in (params or {}).items()),
        alert=_scalar(alert),
        to=_scalar(to),
        differential="\n".join(_candidate(candidate, (onsets or {}).get(candidate, onset), onset) for candidate in candidates) + "\n  - nothing",
        briefing="\n".join("  " + line for line in _braced(briefing.strip()).splitlines()),
        objectives=_row(objectives),
        reference=_lines(runbook),
        mirror=_lines(mirror),
    )


def _candidate(fault: str, own: tuple[str, str], onset: tuple[str, str]) -> str:
    """One line of the differential; a time of its own where it is not the cause's."""
    at = "" if own == onset else f", at: {{between: [{own[0]}, {own[1]}], before: page}}"
    return f"  - {{fault: {_scalar(fault)}{at}}}"


def _row(items: Sequence[str]) -> str:
    return f"[{', '.join(_scalar(item) for item in items)}]"


def _lines(items: Sequence[str]) -> str:
    return "\n".join(f"  - {_line(item)}" for item in items)


def _line(text: str) -> str:
    # Outside brackets a comma or a quote inside a text is only itself.
    return text if re.fullmatch(r"[a-z][\w ./,;()%+=\"'{}-]*", text, re.ASCII) and not text.endswith(" ") and scalar_value(text) == text else json.dumps(text, ensure_ascii=False)


def _scalar(value: str | float | bool) -> str:
    """`value` so that the file gives it back: bare where that is safe, in quotes otherwise."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    bare = _PLAIN.fullmatch(value) and "," not in value and scalar_value(value) == value
    return value if bare or re.fullmatch(r"\$[a-z][a-z0-9_]*", value) else json.dumps(value, ensure_ascii=False)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
