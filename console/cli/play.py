"""`hotseat play`: a drill in the terminal, new or gone on with."""

from __future__ import annotations

import typer

from console.cli import complete
from console.opening import play_on_screens, screens_wanted
from simulator.errors import UsageError


def play(
    scenario: str = typer.Argument(None, metavar="[SCENARIO]", help="A packaged scenario's name, or a file ending in .yaml; without it a menu.", autocompletion=complete.scenarios),
    seed: int = typer.Option(None, "--seed", help="Which incident of the scenario; drawn when left out."),
    resume: str = typer.Option(None, "--resume", metavar="SESSION", help="Go on where a stored session stopped.", autocompletion=complete.sessions),
    role: str = typer.Option(None, "--role", help="platform, model or generalist."),
    level: str = typer.Option(None, "--level", help="mid, senior or staff."),
    speed: float = typer.Option(None, "--speed", metavar="X", help="A live clock at X times wall time, 1 to 3600; by default only commands take time."),
    interview: bool = typer.Option(False, "--interview", help="As an interview: hints are refused, and the scorecard says so."),
    plain: bool = typer.Option(False, "--plain", help="Line by line instead of screens, as for a screen reader, a dumb terminal or a pipe."),
) -> None:
    """Play a drill on screens, or line by line where there is no terminal. Leaving it is no loss: the session stays and can be gone on with."""
    if resume is not None and (interview or any(value is not None for value in (scenario, seed, role, level))):
        raise UsageError("--resume goes on with a session as it is; leave out the scenario, --seed, --role, --level and --interview")
    if screens_wanted() and not plain:
        from console.host.messages import Begin, Resume

        if resume is not None:
            play_on_screens(Resume(session=resume, speed=speed))
        elif scenario is not None:
            play_on_screens(Begin(scenario=scenario, seed=seed, role=role, level=level, speed=speed, interview=interview))
        elif interview or any(value is not None for value in (seed, role, level, speed)):
            raise UsageError("--seed, --role, --level, --speed and --interview belong to a scenario; name it")
        else:
            play_on_screens()
        return
    if speed is not None:
        from console.host.clock import checked_speed

        checked_speed(speed)
    from console.prompt.session import play_here

    play_here(scenario, seed=seed, resume=resume, role=role, level=level, speed=speed, interview=interview)
