"""`hotseat calibrate`: reference players over scenarios and seeds, held against what a fair grader must give them."""

from __future__ import annotations

import typer

from console.cli import complete
from console.cli.edge import FELL_SHORT, Json, print_json, print_text, say
from simulator.errors import UsageError

BACKENDS = ("local", "dask")


def calibrate(
    scenarios: list[str] = typer.Option(None, "--scenarios", metavar="NAME[,NAME]", help="Which scenarios; all when left out.", autocompletion=complete.scenarios),
    players: list[str] = typer.Option(None, "--players", metavar="NAME[,NAME]", help="Which players; all when left out.", autocompletion=complete.players),
    seeds: str = typer.Option("1..5", "--seeds", metavar="A..B", help="Which seeds, both ends included."),
    backend: str = typer.Option("local", "--backend", help="local or dask."),
    jobs: int = typer.Option(1, "--jobs", min=1, help="Processes at a time."),
    noise: bool = typer.Option(False, "--noise", help="Instead, measure how much facts vary where nothing is wrong, and write content/noise."),
    as_json: bool = Json,
) -> None:
    """Let reference players play, and hold difficulty, separation and stability against their targets."""
    if noise:
        _measure_noise()
        return
    from console.cli.ranges import seeds_in
    from grader.calibrate import calibrate as measure
    from grader.players.library import PLAYERS
    from scenarios.library import scenario_names

    if backend not in BACKENDS:
        raise UsageError(f"there is no backend {backend!r}; there are {', '.join(BACKENDS)}")
    chosen, who = _split(scenarios) or list(scenario_names()), _split(players) or list(PLAYERS)
    for name in who:
        if name not in PLAYERS:
            raise UsageError(f"there is no player {name!r}; there are {', '.join(PLAYERS)}")
    for name in chosen:
        if name not in scenario_names():
            raise UsageError(f"there is no scenario {name!r}; there are {', '.join(scenario_names())}")
    found = measure(chosen, who, seeds_in(seeds), backend="dask" if backend == "dask" else "local", jobs=jobs, progress=say)
    if as_json:
        print_json(found)
    else:
        from console.plain.style import stdout_style
        from console.plain.tables import table_text
        from simulator.observation import Column

        style = stdout_style()
        heads = ("scenario", "seed", "player", "score", "", "cause", "harm avoided")
        runs = [
            (r["scenario"], str(r["seed"]), r["player"], round(r["score"], 1), "passed" if r["passed"] else "", r["root_cause_credit"], r["harm_avoided"])
            for r in found["runs"]
        ]
        print_text(table_text([Column(name) for name in heads], runs, style))
        held = [(p["name"], p["value"], str(p["target"]), "ok" if p["ok"] else "violated") for p in found["properties"]]
        print_text("\n" + table_text([Column(name) for name in ("property", "value", "target", "state")], held, style))
    if not all(p["ok"] for p in found["properties"]):
        raise typer.Exit(FELL_SHORT)


def _measure_noise() -> None:
    """Measure the noise of each system's facts and write it beside the systems."""
    from pathlib import Path

    import content
    from grader.noise import NOISE_SEEDS, measure, noise_file
    from simulator.spec import load_system

    for file in content.names("systems"):
        system = file.removesuffix(".yaml")
        place = Path(str(content.path("noise", file)))
        place.write_text(noise_file(measure(load_system(system), NOISE_SEEDS, say), NOISE_SEEDS), encoding="utf-8")
        print_text(f"wrote {place}")


def _split(given: list[str] | None) -> list[str]:
    return list(dict.fromkeys(name for text in given or () for name in text.replace(",", " ").split()))
