"""The score of a debrief: what it came to and why, the cause against what was declared, what cost most, each dimension with its findings."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.widgets import Digits

from console.host.shown import Debrief
from console.widgets.debrief_rows import MUTED, HangingRows, Row, lead
from console.widgets.plain_text import PlainText, content, joined
from grader.report_rows import SIGN_WORDS, DimensionRow, FindingRow, Report, where

MOST_COSTLY = 3
STYLES = {"+": "$text-success", "~": "$text-success", "-": "$text-warning", "!": "$text-error", ".": MUTED}
_BAR = 20
_WORDS_FROM = 95
"""Columns from which a finding's sign has room for its word beside it; the legend says them at any width."""


class ScorePane(Vertical):
    SCOPED_CSS = False
    DEFAULT_CSS = """
    ScorePane {
        height: auto;
        #verdict { height: auto; }
        #verdict Digits { width: auto; margin-right: 3; text-style: bold; }
        #verdict.passed Digits { color: $text-success; }
        #verdict.failed Digits { color: $text-error; }
        .dimension { height: auto; layout: vertical; margin-bottom: 1; }
        .about { height: auto; }
    }
    .-narrow ScorePane #verdict Digits { display: none; }
    .-wide ScorePane, .-broad ScorePane {
        .dimension { layout: horizontal; }
        .about { width: 38; margin-right: 2; }
    }
    .-broad ScorePane .about { width: 52; }
    """

    def __init__(self, debrief: Debrief) -> None:
        super().__init__()
        self._debrief = debrief

    def compose(self) -> ComposeResult:
        report = self._debrief.report
        with Horizontal(id="verdict", classes="passed" if self._debrief.passed else "failed"):
            yield Digits(f"{self._debrief.score:g}")
            yield HangingRows(verdict(self._debrief))
        costly = costliest(report.findings)
        yield PlainText("What cost most" if costly else "No finding cost a point.", classes="heading")
        yield HangingRows([Row(content(f"-{lost_points(f.points):.1f}", "bold"), joined((f"{f.dimension}  ", MUTED), f.sentence)) for f in costly])
        yield PlainText(f"Dimensions and findings ({legend()})", classes="heading")
        for about, found in by_dimension(report):
            with Container(classes="dimension"):
                yield HangingRows(about, classes="about")
                yield Findings(found)
        yield PlainText(content(", ".join(report.facts), MUTED))


class Findings(HangingRows):
    """The findings of one dimension."""

    def __init__(self, found: Sequence[FindingRow]) -> None:
        super().__init__()
        self._found = tuple(found)

    def rows(self, width: int) -> Sequence[Row]:
        return [finding_row(f, words=width >= _WORDS_FROM) for f in self._found]


def verdict(debrief: Debrief) -> list[Row]:
    """The result, why it is capped, and the cause against what was declared."""
    result = content(f"{'+' if debrief.passed else '!'} {debrief.report.result}", f"bold {STYLES['+' if debrief.passed else '!']}")
    return [
        Row(content("Result"), result),
        *(Row(content("Cap"), content(f"! {cap}", STYLES["!"])) for cap in debrief.report.caps),
        *(Row(content("" if at else "Cause"), content(sentence)) for at, sentence in enumerate(debrief.report.cause)),
    ]


def legend() -> str:
    return ", ".join(f"{sign} {word}" for sign, word in (*SIGN_WORDS.items(), ("→", "would have earned the rest")))


def finding_row(f: FindingRow, *, words: bool) -> Row:
    word = SIGN_WORDS.get(f.sign, "") if words else ""
    width = max(len(w) for w in SIGN_WORDS.values())
    sign = lead(f"{f.sign} {word:<{width}} {f.points:>9}" if words else f"{f.sign} {f.points:>9}", STYLES.get(f.sign, ""))
    return Row(sign, joined(f.sentence, (where(f), MUTED), *([(f"\n→ {f.earn}", MUTED)] if f.earn else [])))


def by_dimension(report: Report) -> list[tuple[list[Row], list[FindingRow]]]:
    """Each dimension as rows with its findings; findings of a dimension that has no points come last."""
    known = {d.name for d in report.dimensions}
    out = [(_about(d), [f for f in report.findings if f.dimension == d.name]) for d in report.dimensions]
    for name in dict.fromkeys(f.dimension for f in report.findings if f.dimension not in known):
        out.append(([Row(Content(), content(name, "bold"))], [f for f in report.findings if f.dimension == name]))
    return out


def _about(d: DimensionRow) -> list[Row]:
    points = joined((f"{d.points} of {d.weight}", "bold"), f"  level {d.level} of 5")
    share = share_of(d.points, d.weight)
    bar = [] if share is None else [joined(("━" * round(_BAR * share), "$text-primary"), ("╌" * (_BAR - round(_BAR * share)), MUTED))]
    lines = [joined((f"{d.name}  ", "bold"), points), *bar, content(d.anchor, MUTED)]
    return [Row(Content(), line) for line in lines]


def share_of(points: str, weight: str) -> float | None:
    """Points as a share of those possible, 0 to 1; None where they are no numbers."""
    given, of = _number(points), _number(weight)
    return None if given is None or not of else min(1.0, max(0.0, given / of))


def lost_points(points: str) -> float:
    """What a finding cost or withheld, from its points as text: `7.0/35.0` withheld 28, `-1.0` cost 1."""
    given, slash, of = points.partition("/")
    got, possible = _number(given), _number(of) if slash else 0.0
    return 0.0 if got is None or possible is None else max(0.0, possible - got)


def costliest(findings: Sequence[FindingRow], most: int = MOST_COSTLY) -> list[FindingRow]:
    """The findings that cost or withheld most, the dearest first; those that cost nothing are left out."""
    dear = [f for f in findings if lost_points(f.points) >= 0.05]
    return sorted(dear, key=lambda f: -lost_points(f.points))[:most]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None
