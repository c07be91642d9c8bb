"""`hotseat grade` and `hotseat debrief`: what a stored session was worth, and why, from its journal alone."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from console.cli import complete
from console.cli.edge import FELL_SHORT, Json, print_json, print_text, say
from console.untrusted import untrusted

if TYPE_CHECKING:
    from grader.partner import Partner
    from grader.resimulate import Resimulation
    from scenarios.incident import Incident
    from scenarios.sessions import Stored

Session = typer.Argument(..., metavar="SESSION", help="A session's id, a journal file or an exported file.", autocompletion=complete.sessions)


def grade(
    session: str = Session,
    resimulate: bool = typer.Option(False, "--resimulate", help="Play the counterfactuals again instead, and compare with the stored evidence. Takes as long as grading did."),
    as_json: bool = Json,
) -> None:
    """Grade a stored session again from its journal. The same journal gives the same scorecard on any machine.

    With --resimulate the evidence itself is found again. That is exact in the environment that the session was graded in; elsewhere it is told to be
    not comparable. Exit status 1 unless it is the same.
    """
    from console.home import sessions
    from console.host.closing import regrade

    stored = sessions().resolve(session)
    if resimulate:
        _resimulate(stored, session, as_json)
        return
    card = regrade(stored, session)[0].to_json()
    if as_json:
        print_json(card)
        return
    from console.plain.scores import score_text
    from console.plain.style import stdout_style

    print_text(score_text(card, stdout_style()))


def _resimulate(stored: Stored, session: str, as_json: bool) -> None:
    from console.host.closing import regrade
    from console.host.seat import playable_steps, rebuilt, scenario_and_seed
    from grader.partner import partnered
    from grader.resimulate import resimulate

    def build() -> Incident:
        made = rebuilt(stored.header, session)
        playable_steps(stored.rows, made, session)
        return made

    said: list[str] = []

    def tell(what: str, share: float) -> None:
        if what not in said:
            said.append(what)
            say(f"{what}…")

    with ExitStack() as open_until_done:

        def partner() -> Partner | None:
            return open_until_done.enter_context(partnered(*scenario_and_seed(stored.header, session)))

        found = resimulate(regrade(stored, session)[2], stored.rows, build, progress=tell, partner=partner)
    if as_json:
        print_json({"session": stored.header["session"], **found.to_json()})
    else:
        print_text(untrusted("\n".join(_told(found))))
    if found.verdict != "same":
        raise typer.Exit(FELL_SHORT)


def _told(found: Resimulation) -> list[str]:
    if found.verdict == "same":
        return [f"The same: every figure came out as it was stored, in {found.here}."]
    if found.verdict == "different":
        return ["Different, in the same environment:", *(f"  {place}" for place in found.differs)]
    return ["Not comparable: figures of a replay are exact in one environment only.", f"  graded in {found.recorded_in}", f"  this is   {found.here}"]


def debrief(session: str = Session, html: Path = typer.Option(None, "--html", metavar="FILE", help="Write it as one HTML file instead.", dir_okay=False)) -> None:
    """Tell a session's score step by step: evidence, timeline, what would have happened otherwise, a reference runbook."""
    from console.host.debriefs import export_html, model_runbook

    if html is not None:
        export_html(session, str(html))
        say(f"written to {html}")
        return
    from console.home import sessions
    from console.host.closing import regrade
    from grader.debrief import debrief_text

    stored = sessions().resolve(session)
    card, steps, evidence = regrade(stored, session)
    print_text(untrusted(debrief_text(card, steps, evidence, model_runbook(stored.header, session))).rstrip())
