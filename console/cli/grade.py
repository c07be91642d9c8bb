"""`hotseat grade` and `hotseat debrief`: what a stored session was worth, and why, from its journal alone."""

from __future__ import annotations

from pathlib import Path

import typer

from console.cli import complete
from console.cli.edge import Json, print_json, print_text, say

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
    from console.host.debriefs import export_html, model_runbook

    if html is not None:
        export_html(session, str(html))
        say(f"written to {html}")
        return
    from console.home import sessions
    from console.host.closing import regrade
    from console.untrusted import untrusted
    from grader.debrief import debrief_text

    stored = sessions().resolve(session)
    card, steps, evidence = regrade(stored, session)
    print_text(untrusted(debrief_text(card, steps, evidence, model_runbook(stored.header, session))).rstrip())
