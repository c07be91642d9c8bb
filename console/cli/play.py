"""`hotseat play`: a drill in the terminal, new or gone on with."""

from __future__ import annotations

import typer

from console.cli import complete
from simulator.errors import UsageError


def play(
    scenario: str = typer.Argument(None, metavar="[SCENARIO]", help="A packaged scenario's name, or a file ending in .yaml; without it a menu.", autocompletion=complete.scenarios),
    seed: int = typer.Option(None, "--seed", help="Which incident of the scenario; drawn when left out."),
    resume: str = typer.Option(None, "--resume", metavar="SESSION", help="Go on where a stored session stopped.", autocompletion=complete.sessions),
    role: str = typer.Option(None, "--role", help="platform, model or generalist."),
    level: str = typer.Option(None, "--level", help="mid, senior or staff."),
    speed: float = typer.Option(None, "--speed", metavar="X", help="A live clock at X times wall time, 1 to 3600; by default only commands take time."),
) -> None:
    """Play a drill. Ctrl-D leaves it; the session stays and can be gone on with."""
    from console.host.clock import FASTEST, SLOWEST

    if speed is not None and not SLOWEST <= speed <= FASTEST:
        raise UsageError(f"a live clock runs at {SLOWEST:g} to {FASTEST:g} times wall time, not {speed:g}")
    if resume is not None and any(value is not None for value in (scenario, seed, role, level)):
        raise UsageError("--resume goes on with a session as it is; leave out the scenario, --seed, --role and --level")
    from console.prompt.session import play_here

    play_here(scenario, seed=seed, resume=resume, role=role, level=level, speed=speed)
