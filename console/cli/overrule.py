"""`hotseat overrule`: a person's word against a finding, added to the session's journal beside what the machine found."""

from __future__ import annotations

import typer

from console.cli import complete
from console.cli.edge import Json, print_json, print_text
from simulator.errors import UsageError


def overrule(
    session: str = typer.Argument(..., metavar="SESSION", help="The id of a graded session that is stored here.", autocompletion=complete.sessions),
    finding: str = typer.Argument(..., metavar="FINDING", help="The rule of the finding, as hotseat grade --json shows it; RULE:2 for its second finding."),
    met: str = typer.Option(..., "--met", metavar="yes|no", help="Whether what the rule speaks of happened, as you see it."),
    reason: str = typer.Option(..., "--reason", metavar="TEXT", help="Why, for whoever reads the debrief."),
    by: str = typer.Option(..., "--by", metavar="NAME", help="Who says so."),
    as_json: bool = Json,
) -> None:
    """Overrule a finding of a graded session. The machine's finding and score stay; yours and the reviewed score stand beside them."""
    from console.host.reviewing import overruled

    if met not in ("yes", "no"):
        raise UsageError(f"--met is yes or no, not {met[:40]!r}")
    card = overruled(session, finding, met == "yes", reason, by).to_json()
    if as_json:
        print_json(card)
        return
    from console.plain.scores import score_text
    from console.plain.style import stdout_style

    print_text(score_text(card, stdout_style()))
