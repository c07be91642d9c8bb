"""The debrief of a graded session, as values for a screen or as one HTML file, from its journal alone. No world is built."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.edge import say
from console.host.shown import CurveOfHarm, Debrief, StepMark
from simulator.errors import HotseatError, Refused, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from grader.evidence import Evidence
    from grader.scorecard import Scorecard
    from scenarios.sessions import Stored
    from scenarios.steps import Step

PAGES = (".html", ".htm")
"""How the name of a file ends that an export may write over."""


def debrief_of(stored: Stored, file: str) -> Debrief:
    """What the debrief screen shows of a session; `file` is its name in messages. Raises as `regrade` does."""
    from console.host.closing import regrade

    card, steps, evidence = regrade(stored, file)
    return shown(card, steps, evidence, model_runbook(stored.header, file))


def shown(card: Scorecard, steps: Sequence[Step], evidence: Evidence, reference: Sequence[str]) -> Debrief:
    """A grade as the debrief screen shows it."""
    from grader.losses import courses_since_page
    from grader.plain import plain
    from grader.report import report

    page_s = evidence.start_s
    return Debrief(
        session=plain(card.session),
        title=plain(evidence.scenario),
        score=card.score,
        passed=card.passed,
        report=report(card, steps, evidence, reference),
        start_s=page_s,
        curves=tuple(CurveOfHarm(name, tuple(page_s + at for at, _ in points), tuple(usd for _, usd in points)) for name, points in courses_since_page(evidence)),
        marks=tuple(StepMark(s.step, s.at_s, "declare" if s.op == "declare" else s.kind, plain(s.line)) for s in steps),
        currency=plain(evidence.impact.currency),
    )


def export_html(session: str | Stored, file: str) -> str:
    """Write the debrief of a session as one HTML file, whole or not at all; its full path.

    `session` is an id, a journal file or an exported file, or one of these as it was read.

    Raises:
        UsageError: no file is named, or there is no such session.
        Refused: a file of another kind has this name, or the session is not graded.
        HotseatError: the file cannot be written, or the journal cannot be read.
    """
    target = _target(file)
    page = _page(session)
    try:
        _write(target, page)
    except (OSError, UnicodeError) as problem:
        raise HotseatError(f"{file}: cannot be written: {getattr(problem, 'strerror', None) or 'it has signs that no file name can have'}") from None
    return str(target)


def _target(file: str) -> Path:
    """The place to write to. Raises as `export_html` does."""
    if not file.strip() or "\0" in file:
        raise UsageError("the debrief needs the name of a file to be written to")
    target = Path(os.path.expanduser(file)).absolute()
    try:
        folder, taken = target.is_dir(), target.is_file()
    except OSError as problem:
        raise HotseatError(f"{file}: cannot be written: {problem.strerror}") from None
    if folder:
        raise Refused(f"{file} is a folder; name a file in it")
    if taken and target.suffix.lower() not in PAGES:
        raise Refused(f"{file} is there and is no HTML file, so it is left as it is; name one that ends in .html")
    return target


def _write(target: Path, page: str) -> None:
    if target.exists() and not target.is_file():
        target.write_text(page, encoding="utf-8")  # nothing can take the place of a device or a pipe
        return
    part = target.with_name(f"{target.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(target)
    except (OSError, UnicodeError):
        with suppress(OSError, UnicodeError):
            part.unlink(missing_ok=True)
        raise


def _page(session: str | Stored) -> str:
    from console.home import sessions
    from console.host.closing import regrade
    from grader.debrief_html import debrief_html

    stored = sessions().resolve(session) if isinstance(session, str) else session
    name = session if isinstance(session, str) else str(stored.header["session"])
    card, steps, evidence = regrade(stored, name)
    return debrief_html(card, steps, evidence, model_runbook(stored.header, name))


def model_runbook(header: Mapping[str, Any], file: str) -> tuple[str, ...]:
    """The reference runbook; nothing where the scenario is not here any more, which takes nothing from the rest of a debrief."""
    from console.host.seat import reference_lines

    try:
        return reference_lines(header, file)
    except HotseatError as problem:
        say(f"no reference runbook: {problem}")
        return ()
