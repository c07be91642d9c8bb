"""`hotseat sessions`: the stored drills of this machine, listed, taken out, taken in and checked."""

from __future__ import annotations

from pathlib import Path

import typer

from console.cli import complete
from console.cli.edge import FELL_SHORT, Json, print_json, print_text, say
from simulator.errors import ContentError, UsageError

app = typer.Typer(name="sessions", rich_markup_mode=None)
_ID = typer.Argument(..., metavar="SESSION", help="A session's id, a journal file or an exported file.", autocompletion=complete.sessions)


@app.callback(invoke_without_command=True)
def alone(context: typer.Context, as_json: bool = Json) -> None:
    """Stored sessions: list, export, import, verify. Alone it lists them."""
    if context.invoked_subcommand is None:
        list_sessions(as_json)
    elif as_json:
        raise UsageError(f"--json comes after the command: hotseat sessions {context.invoked_subcommand} --json")


@app.command("list")
def list_sessions(as_json: bool = Json) -> None:
    """List the stored sessions: scenario, seed, state, score and number of steps."""
    from console.home import home, sessions

    found = sessions().list()
    if as_json:
        print_json({"sessions": [summary.to_json() for summary in found]})
        return
    from console.plain.style import stdout_style
    from console.plain.tables import table_text
    from simulator.observation import Column

    if not found:
        say(f"no sessions yet in {home()}")
        return
    heads = tuple(Column(name) for name in ("session", "scenario", "seed", "state", "score", "steps"))
    rows = [(s.session, s.scenario, str(s.seed), s.state, None if s.score is None else round(s.score, 1), s.steps) for s in found]
    print_text(table_text(heads, rows, stdout_style()))


@app.command("export")
def export_session(session: str = _ID, file: Path = typer.Argument(..., help="Where to write it."), as_json: bool = Json) -> None:
    """Write a session to one file of JSON lines, whole or not at all."""
    from console.home import sessions

    sessions().export(session, file)
    if as_json:
        print_json({"session": session, "file": str(file)})
    else:
        say(f"{session} written to {file}")


@app.command("import")
def import_session(file: Path = typer.Argument(..., help="An exported file or a journal."), as_json: bool = Json) -> None:
    """Take in an exported session after its hash chain and its rows were checked."""
    from console.home import sessions
    from console.host.closing import read_back

    session = sessions().import_file(file, read_back)
    if as_json:
        print_json({"session": session})
    else:
        print_text(session)


@app.command("verify")
def verify_session(session: str = _ID, as_json: bool = Json) -> None:
    """Check a session's hash chain from the first row to the last."""
    from console.home import sessions
    from console.untrusted import untrusted_line

    try:
        head = sessions().verify(session)
    except ContentError as problem:
        if as_json:
            print_json({"session": session, "ok": False, "problem": str(problem)})
        say(f"hotseat: {untrusted_line(str(problem))}")
        raise typer.Exit(FELL_SHORT) from None
    if as_json:
        print_json({"session": session, "ok": True, "steps": head.step, "head": head.hash})
    else:
        print_text(f"+ ok: {head.step} rows after the header, each bound to the one before; head {head.hash}")
