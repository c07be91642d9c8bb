"""`hotseat grade` and `hotseat debrief`: what a stored session was worth, and why, from its journal alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from console.cli import complete
from console.cli.edge import Json, print_json, print_text, say
from simulator.errors import HotseatError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

Session = typer.Argument(..., metavar="SESSION", help="A session's id, a journal file or an exported file.", autocompletion=complete.sessions)


def grade(session: str = Session, as_json: bool = Json) -> None:
    """Grade a stored session again from its journal. The same journal gives the same scorecard on any machine."""
    from console.home import sessions
    from console.host.closing import regrade

    card = regrade(sessions().resolve(session), session)[0].to_json()
    if as_json:
        print_json(card)
        return
    from console.plain.scores import score_text
    from console.plain.style import stdout_style

    print_text(score_text(card, stdout_style()))


def debrief(session: str = Session, html: Path = typer.Option(None, "--html", metavar="FILE", help="Write it as one HTML file instead.", dir_okay=False)) -> None:
    """Tell a session's score step by step: evidence, timeline, what would have happened otherwise, a model runbook."""
    from console.home import sessions
    from console.host.closing import regrade
    from console.untrusted import untrusted

    stored = sessions().resolve(session)
    card, steps, evidence = regrade(stored, session)
    reference = _reference(stored.header, session)
    if html is None:
        from grader.debrief import debrief_text

        print_text(untrusted(debrief_text(card, steps, evidence, reference)).rstrip())
        return
    from grader.debrief_html import debrief_html

    try:
        html.write_text(debrief_html(card, steps, evidence, reference), encoding="utf-8")
    except OSError as problem:
        raise HotseatError(f"{html}: cannot be written: {problem.strerror}") from None
    say(f"written to {html}")


def _reference(header: Mapping[str, Any], file: str) -> tuple[str, ...]:
    """The model runbook; nothing where the scenario is not here any more, which takes nothing from the rest."""
    from console.host.seat import reference_lines

    try:
        return reference_lines(header, file)
    except HotseatError as problem:
        say(f"no model runbook: {problem}")
        return ()
