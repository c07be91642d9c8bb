"""The debrief as one HTML file that needs nothing else: no link, no script, nothing fetched, everything escaped, ready for paper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import content
from grader.evidence import Evidence
from grader.harm_chart import BOTTOM, CURVES_RIGHT, HEIGHT, LANES, LEFT, RIGHT, STRIP, TOP, WIDTH, harm_chart
from grader.path_chart import LEFT as PATH_LEFT
from grader.path_chart import RIGHT as PATH_RIGHT
from grader.path_chart import TOP as PATH_TOP
from grader.path_chart import path_chart
from grader.report import report
from grader.report_rows import LEGEND, READ_OFF, SIGN_WORDS, where
from grader.rules.trace import trace
from grader.scorecard import Scorecard
from scenarios.steps import Step

if TYPE_CHECKING:
    from markupsafe import Markup


def debrief_html(card: Scorecard, steps: Sequence[Step], evidence: Evidence, reference_lines: Sequence[str]) -> str:
    """A whole page; the file is UTF-8."""
    from jinja2 import Environment, StrictUndefined  # about 40 ms that only a page needs

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["coded"] = coded
    r = report(card, steps, evidence, reference_lines)
    rows = max(len(r.own), len(r.reference))
    return environment.from_string(content.read("templates", "debrief.html.j2")).render(
        r=r,
        passed=card.passed,
        groups=[(name, list(found)) for name, found in groupby(r.findings, key=lambda f: f.dimension)],
        words=SIGN_WORDS,
        chart=harm_chart(steps, evidence),
        path=path_chart(trace(steps, evidence)),
        path_box={"left": PATH_LEFT, "right": PATH_RIGHT, "top": PATH_TOP},
        legend=LEGEND,
        read_off=READ_OFF,
        where=where,
        lanes=LANES,
        box={"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT, "curves": CURVES_RIGHT, "top": TOP, "bottom": BOTTOM, "strip": STRIP},
        pairs=[(r.own[i] if i < len(r.own) else None, r.reference[i] if i < len(r.reference) else None) for i in range(rows)],
    )


def coded(text: str) -> Markup:
    """A sentence with what stands between backticks as code; everything in it is escaped."""
    from markupsafe import Markup, escape  # comes with jinja2

    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts))
