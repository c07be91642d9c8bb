"""`hotseat calibrate`: reference players over scenarios and seeds, held against what a fair grader must give them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from console.cli import complete
from console.cli.edge import FELL_SHORT, Json, print_json, print_text, say
from simulator.errors import HotseatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

BACKENDS = ("local", "dask")
DEFAULT_SEEDS = "1..5"
PRELOAD = ("console.threads", "console.allocator")
"""What a worker imports first, as the program itself does."""


def calibrate(
    scenarios: list[str] = typer.Option(None, "--scenarios", metavar="NAME[,NAME]", help="Which scenarios; all when left out.", autocompletion=complete.scenarios),
    players: list[str] = typer.Option(None, "--players", metavar="NAME[,NAME]", help="Which players; all when left out.", autocompletion=complete.players),
    seeds: str = typer.Option(None, "--seeds", metavar="A..B", help=f"Which seeds, both ends included; {DEFAULT_SEEDS} when left out."),
    backend: str = typer.Option("local", "--backend", help="local or dask."),
    scheduler: str = typer.Option(None, "--scheduler", metavar="ADDRESS", help="With dask: a scheduler that runs already; processes of this machine when left out."),
    jobs: int = typer.Option(1, "--jobs", min=1, help="Processes at a time."),
    out: Path = typer.Option(None, "--out", metavar="FILE", help="Keep each drill here as soon as it is graded; what is there and still true is not played again.", dir_okay=False),
    report: Path = typer.Option(None, "--report", metavar="FILE", help="Play nothing; tell what a file of --out says.", dir_okay=False),
    write: bool = typer.Option(False, "--write", help="Write difficulty and discrimination into the catalogue."),
    noise: bool = typer.Option(False, "--noise", help="Instead, measure how much facts vary where nothing is wrong, and write content/noise."),
    as_json: bool = Json,
) -> None:
    """Let reference players play, and hold difficulty, separation and stability against their targets."""
    if noise:
        _measure_noise()
        return
    if backend not in BACKENDS:
        raise UsageError(f"there is no backend {backend!r}; there are {', '.join(BACKENDS)}")
    if scheduler and backend != "dask":
        raise UsageError("--scheduler is for --backend dask")
    if report and (out or scheduler):
        raise UsageError("--report plays nothing; it goes with neither --out nor --scheduler")
    from console.cli.ranges import seeds_in

    which = seeds_in(seeds or DEFAULT_SEEDS)
    if report:
        found = _reported(report, _split(scenarios), _split(players), which if seeds else ())
    else:
        found = _played(_scenarios(scenarios), _players(players), which, backend, jobs, scheduler, out)
    if as_json:
        print_json(found)
    else:
        from console.plain.calibration import calibration_text
        from console.plain.style import stdout_style

        print_text(calibration_text(found, stdout_style()))
    if write:
        _write(found["runs"])
    if not all(p["ok"] for p in found["properties"]):
        raise typer.Exit(FELL_SHORT)


def _played(chosen: list[str], who: list[str], seeds: tuple[int, ...], backend: str, jobs: int, scheduler: str | None, out: Path | None) -> dict[str, Any]:
    from console.cli.calibration_progress import shown_progress
    from grader.calibrate import calibrate as measure

    with shown_progress() as progress:
        return measure(chosen, who, seeds, backend="dask" if backend == "dask" else "local", jobs=jobs, scheduler=scheduler, out=out, progress=progress, preload=PRELOAD)


def _reported(file: Path, scenarios: list[str], players: list[str], seeds: tuple[int, ...]) -> dict[str, Any]:
    """What a results file says, of those scenarios, players and seeds where any are given."""
    from grader.calibrate import properties
    from grader.calibration.results import read_results, versions_apart

    runs = [r for r in read_results(file) if all(not chosen or r[name] in chosen for name, chosen in (("scenario", scenarios), ("player", players), ("seed", seeds)))]
    if not runs:
        raise UsageError(f"{file} holds no such drill")
    apart = versions_apart(runs)
    if apart:
        say(f"these drills differ in {', '.join(apart)}: what they say is about no one version")
    return {"runs": runs, "properties": properties(runs)}


def _players(given: list[str] | None) -> list[str]:
    from grader.players.library import PLAYERS

    who = _split(given) or list(PLAYERS)
    for name in who:
        if name not in PLAYERS:
            raise UsageError(f"there is no player {name!r}; there are {', '.join(PLAYERS)}")
    return who


def _scenarios(given: list[str] | None) -> list[str]:
    from scenarios.library import scenario_names

    chosen = _split(given) or list(scenario_names())
    for name in chosen:
        if name not in scenario_names():
            raise UsageError(f"there is no scenario {name!r}; there are {', '.join(scenario_names())}")
    return chosen


def _write(runs: Sequence[dict[str, Any]]) -> None:
    """Difficulty and discrimination of each system's scenarios, beside the scenarios."""
    import content
    from grader.calibration.catalogue import calibration_file
    from grader.calibration.measured import FOLDER

    folder = Path(str(content.path())) / FOLDER
    for system in sorted({r["system"] for r in runs}):
        text = calibration_file(system, runs)
        try:
            folder.mkdir(exist_ok=True)
            (folder / f"{system}.yaml").write_text(text, encoding="utf-8")
        except OSError as problem:
            raise HotseatError(f"{folder}: cannot be written: {problem.strerror}") from None
        say(f"wrote {folder / f'{system}.yaml'}")


def _measure_noise() -> None:
    """Measure the noise of each system's facts and write it beside the systems."""
    import content
    from grader.noise import NOISE_SEEDS, measure, noise_file
    from simulator.spec import load_system

    for file in content.names("systems"):
        system = file.removesuffix(".yaml")
        place = Path(str(content.path("noise", file)))
        place.write_text(noise_file(measure(load_system(system), NOISE_SEEDS, say)), encoding="utf-8")
        print_text(f"wrote {place}")


def _split(given: list[str] | None) -> list[str]:
    return list(dict.fromkeys(name for text in given or () for name in text.replace(",", " ").split()))
