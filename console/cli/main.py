"""The program `hotseat`: one command each from the modules beside this one. What is heavy is imported inside them, when they run."""

from __future__ import annotations

import console.threads  # before anything that could load NumPy

import sys

import typer

import console.allocator  # noqa: F401  before the first array
from console.cli import scenarios, sessions
from console.cli.bench import bench
from console.cli.calibrate import calibrate
from console.cli.doctor import doctor
from console.cli.edge import guarded, print_text
from console.cli.grade import debrief, grade
from console.cli.noise import noise
from console.cli.overrule import overrule
from console.cli.play import play
from console.cli.reference import competencies, faults, operations, rubric
from console.cli.replay import replay
from console.cli.run import run
from console.opening import play_on_screens, screens_wanted

__all__ = ["app", "main"]

app = typer.Typer(
    name="hotseat",
    help="Practise MLOps incidents in a simulated production system, and be graded by replay.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
for _command in (play, run, grade, debrief, overrule, replay, operations, faults, rubric, competencies, noise, calibrate, bench, doctor):
    app.command()(_command)
app.add_typer(sessions.app)
app.add_typer(scenarios.app)


@app.callback(invoke_without_command=True)
def start(context: typer.Context, version: bool = typer.Option(False, "--version", help="Print the version.", is_eager=True)) -> None:
    """Practise MLOps incidents in a simulated production system, and be graded by replay. Alone it opens a drill."""
    if version:
        from importlib.metadata import version as installed

        print_text(f"hotseat {installed('hotseat')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        if screens_wanted():
            play_on_screens()
            return
        from console.prompt.session import play_here

        play_here()


def main() -> None:
    """Entry point of the console script."""
    sys.exit(guarded(app))
