"""`hotseat run`: a drill with no screen, played by a script or by a reference player."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import typer

from console.cli import complete
from console.cli.edge import print_json, print_text, say, say_first, say_stages
from console.untrusted import untrusted_line
from simulator.errors import HotseatError, UsageError

if TYPE_CHECKING:
    from console.host.seat import Seat
    from grader.scorecard import Scorecard
    from scenarios.drill import Drill, Reply

Play = Callable[["Drill"], None]


def run(
    scenario: str = typer.Argument(..., help="A packaged scenario's name, or a file that ends in .yaml.", autocompletion=complete.scenarios),
    seed: int = typer.Option(..., "--seed", help="Which incident of the scenario."),
    script: str = typer.Option(None, "--script", metavar="FILE", help="Commands, one a line; - reads standard input."),
    player: str = typer.Option(None, "--player", metavar="NAME", help="Let a reference player play.", autocompletion=complete.players),
    role: str = typer.Option(None, "--role", help="platform, model or generalist."),
    level: str = typer.Option(None, "--level", help="mid, senior or staff."),
    interview: bool = typer.Option(False, "--interview", help="As an interview: hints are refused, and the scorecard says so."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON line for each line of the script, then one with the scorecard."),
) -> None:
    """Play a drill without a screen: a script's lines, or a reference player. It is graded at the end."""
    from console.host.seat import begin, scenario_named
    from grader.partner import partnered

    out = _JsonLines() if as_json else _Plain()
    play, actor = _chosen(script, player, out)
    with ExitStack() as open_until_graded:
        # Nobody thinks in between, so nothing of the grade is prepared: a second process finds a part of it.
        partner = open_until_graded.enter_context(partnered(scenario_named(scenario), seed))
        seat = begin(scenario, seed, actor=actor, role=role, level=level, interview=interview, heard=out.heard, progress=say_first())
        open_until_graded.enter_context(closing(seat.journal))
        if seat.remark:
            say(seat.remark)
        out.begun(seat)
        try:
            play(seat.drill)
            from console.host.closing import close

            card = close(seat, progress=say_stages(), partner=partner)
        except (KeyboardInterrupt, BrokenPipeError, HotseatError):
            say(f"session {seat.session} stays as it is; hotseat play --resume {seat.session} goes on with it")
            raise
        out.graded(seat, card)


def _chosen(script: str | None, player: str | None, out: _JsonLines | _Plain) -> tuple[Play, str]:
    if (script is None) == (player is None):
        raise UsageError("say who plays: either --script FILE (or --script -) or --player NAME")
    if script is not None:
        from console.cli.script import script_lines

        lines, piped = script_lines(script), script == "-"
        return lambda drill: _submit(drill, lines, piped, out), "script"
    from grader.players.library import PLAYERS

    if player not in PLAYERS:
        raise UsageError(f"there is no player {player!r}; there are {', '.join(PLAYERS)}")
    return PLAYERS[player].play, str(player)


def _submit(drill: Drill, lines: Iterator[str], piped: bool, out: _JsonLines | _Plain) -> None:
    from console.prompt.explain import LEAVING, spoken_text
    from console.signals import unbroken
    from scenarios.words import registry

    commands, last = registry(), ""
    for line in lines:
        if line in LEAVING:
            last = line
            break
        # `help` and the like are no steps for a person, so the steps that a script cites are counted without them too.
        spoken = spoken_text(line, drill, commands, out.style)
        if spoken is not None:
            out.aside(line, drill.now_s, spoken)
            continue
        with unbroken():
            drill.submit(line)
        if drill.closed:
            last = "resolve"
            break
    # Whoever writes to a pipe may be waiting for the scorecard: what else comes there is not waited for.
    left = 0 if piped or not last else sum(1 for _ in lines)
    if left:
        say(f"{left} line{'s' if left > 1 else ''} after {last}: not played")


class _JsonLines:
    def __init__(self) -> None:
        from console.plain.style import Style

        self.style = Style()

    def begun(self, seat: Seat) -> None:
        """Nothing: the first line is the first reply."""

    def aside(self, line: str, at_s: float, text: str) -> None:
        print_json({"line": line, "op": line.split(maxsplit=1)[0], "args": {}, "at": at_s, "took": 0.0, "kind": "aside", "observation": None, "text": text})

    def heard(self, reply: Reply) -> None:
        print_json(reply.to_json())

    def graded(self, seat: Seat, card: Scorecard) -> None:
        print_json({"session": seat.session, "scorecard": card.to_json()})


class _Plain:
    def __init__(self) -> None:
        from console.plain.style import stdout_style

        self.style = stdout_style()

    def begun(self, seat: Seat) -> None:
        from console.plain.replies import opening_text

        print_text(opening_text(seat.drill, self.style))

    def aside(self, line: str, at_s: float, text: str) -> None:
        print_text(f"\n{self.style.paint(untrusted_line(line), 'dim')}\n{text}")

    def heard(self, reply: Reply) -> None:
        from console.plain.replies import reply_text

        print_text("\n" + reply_text(reply, self.style, echo=True))

    def graded(self, seat: Seat, card: Scorecard) -> None:
        from console.plain.scores import score_text

        print_text("\n" + score_text(card.to_json(), self.style))
        print_text(f"hotseat debrief {seat.session} tells why.")
