"""A scorecard in a dozen lines, from its JSON: the score, its dimensions, the cause, the money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.plain.cells import cell_text
from console.plain.style import Style
from console.plain.tables import table_text
from console.untrusted import untrusted_line
from simulator.observation import Column


def score_text(card: Mapping[str, Any], style: Style) -> str:
    passed = style.paint("+ passed", "green") if card["passed"] else style.paint("! not passed", "red")
    lines = [f"{style.paint('Score', 'bold')} {card['score']:.0f} of 100  {passed}"]
    rows = [(str(d["id"]), float(d["score"]), float(d["weight"]), d["level"]) for d in card["dimensions"]]
    lines.append(table_text((Column("dimension"), Column("score"), Column("weight"), Column("level 1-5")), rows, style))
    cause, impact = card["root_cause"], card["impact"]
    lines.append(f"  cause: {_cause(cause['actual'])}; you said {_cause(cause['declared'])}, {100 * cause['credit']:.0f}% right")
    money = ", ".join(f"{name.replace('_', ' ')} {cell_text(round(impact[name]))}" for name in ("actual", "do_nothing", "reference") if isinstance(impact.get(name), (int, float)))
    lines.append(f"  cost in {untrusted_line(str(impact['currency']))}: {money}")
    if review := card.get("reviewed"):
        count, by = len(review["overruled"]), ", ".join(dict.fromkeys(str(word["by"]) for word in review["overruled"]))
        verdict = "passed" if review["passed"] else "not passed"
        lines.append(f"  reviewed by {untrusted_line(by)}: {review['score']:.0f} of 100, {verdict}; a finding was overruled {'once' if count == 1 else f'{count} times'}")
    lines.append(f"  mode {untrusted_line(str(card['mode']))}: {untrusted_line(str(card['proves']))}")
    if card.get("interview"):
        lines.append("  interview: hints were refused")
    return "\n".join(lines)


def _cause(cause: Mapping[str, Any] | None) -> str:
    if not cause or not cause.get("component"):
        return "nothing"
    return untrusted_line(f"{cause['component']} {cause['mechanism']}")
