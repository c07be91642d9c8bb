"""Which competency ids are covered by what exists: commands, faults and scenarios live, rules in the rubric."""

from __future__ import annotations

from typing import Any

import content
from grader.rubric import rubric, rules
from grader.stage_rubric import stages
from scenarios.faults.library import FAULTS
from scenarios.library import all_scenarios
from scenarios.words import registry


def required() -> dict[str, list[str]]:
    """Each competency id and the forms in which it must be covered."""
    import yaml

    groups = yaml.safe_load(content.read("competencies.yaml"))["competencies"]
    return {str(name): list(needs) for name, needs in groups.items()}


def coverage() -> dict[str, Any]:
    """The shape of `hotseat competencies --json`."""
    live: dict[str, list[str]] = {}
    for command in registry().values():
        for name in command.covers:
            live.setdefault(name, []).append(f"command {command.name}")
    for fault in FAULTS.values():
        for name in fault.covers:
            live.setdefault(name, []).append(f"fault {fault.id}")
    for scenario in all_scenarios():
        for name in (*scenario.covers, *(f"role.{role}" for role in scenario.roles)):
            live.setdefault(name, []).append(f"scenario {scenario.name}")
    by_form = {"live": live, "rubric": rubric_coverage()}
    rows = []
    for name, needs in required().items():
        covered = {form: sorted(by_form.get(form, {}).get(name, [])) for form in needs}
        rows.append({"id": name, "needs": needs, "covered": covered, "ok": all(covered.values())})
    return {"competencies": rows}


def rubric_coverage() -> dict[str, list[str]]:
    """Competency ids, each with the rules of any stage that give evidence of it; a role or level is covered by its weights."""
    found: dict[str, list[str]] = {}
    for rule in rules():
        for competency in (rule.competency, *rule.also):
            found.setdefault(competency, []).append(rule.id)
    for stage in stages():
        for row in stage.rules:
            found.setdefault(row.competency, []).append(row.id)
    for shifts in (rubric().weights.roles, rubric().weights.levels):
        for shift in shifts.values():
            found.setdefault(shift.competency, []).append(f"weights.{shift.competency}")
    return dict(sorted(found.items()))
