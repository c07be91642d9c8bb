"""`hotseat scenarios`: the catalogue, one scenario for learners or for authors, proof that they are sound, and a new one to start from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from console.cli import complete, first_page
from console.cli.edge import FELL_SHORT, Json, print_json, print_text, say
from simulator.errors import HotseatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.scenario import Scenario

app = typer.Typer(name="scenarios", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def alone(context: typer.Context, as_json: bool = Json) -> None:
    """The catalogue: list, show, check, first-page, new. Alone it lists it."""
    if context.invoked_subcommand is None:
        list_scenarios(as_json)
    elif as_json:
        raise UsageError(f"--json comes after the command: hotseat scenarios {context.invoked_subcommand} --json")


@app.command("list")
def list_scenarios(as_json: bool = Json) -> None:
    """List the packaged scenarios."""
    from scenarios.library import all_scenarios
    from scenarios.vocabulary import packaged_vocabulary

    found = all_scenarios(packaged_vocabulary())
    if as_json:
        print_json({"scenarios": [_listed(scenario) for scenario in found]})
        return
    from console.plain.style import stdout_style
    from console.plain.tables import table_text
    from simulator.observation import Cell, Column

    heads = ["scenario", "title", "system", "difficulty", "minutes", "levels"]
    rows: list[list[Cell]] = [[s.name, s.title, s.system, s.difficulty, s.minutes, ", ".join(s.levels)] for s in found]
    measured = [_measured(s) for s in found]
    if any(measured):
        heads.append("passed")
        for row, one in zip(rows, measured, strict=True):
            row.append(f"{one['passed']} of {one['played']}" if one else "")
    print_text(table_text([Column(name) for name in heads], rows, stdout_style()))


@app.command("show")
def show_scenario(
    name: str = typer.Argument(..., metavar="NAME", help="A packaged scenario's name, or a file that ends in .yaml.", autocompletion=complete.scenarios),
    answers: bool = typer.Option(False, "--answers", help="For authors: the cause, the differential and the reference runbook of one seed."),
    seed: int = typer.Option(None, "--seed", min=0, help="Bind the drawn values of this incident."),
    as_json: bool = Json,
) -> None:
    """Show one scenario as a learner may see it; with --answers what is wrong and how to mend it."""
    from scenarios.library import find_scenario
    from scenarios.vocabulary import packaged_vocabulary

    scenario = find_scenario(name, packaged_vocabulary())
    document = _listed(scenario, packaged=not name.endswith((".yaml", ".yml"))) | _seen(scenario, seed)
    if answers:
        if seed is None:
            raise UsageError("the answers depend on the seed; add --seed N")
        document |= _answers(scenario, seed)
    if as_json:
        print_json(document)
        return
    _print_fields(document)


def _measured(scenario: Scenario) -> dict[str, Any] | None:
    """What reference players showed about a packaged scenario, where they were let play it."""
    from grader.calibration.measured import measured_of

    return measured_of(scenario.name, scenario.system)


def _listed(scenario: Scenario, *, packaged: bool = True) -> dict[str, Any]:
    measured = _measured(scenario) if packaged else None
    return {
        "name": scenario.name,
        "title": scenario.title,
        "system": scenario.system,
        "difficulty": scenario.difficulty,
        "roles": list(scenario.roles),
        "levels": list(scenario.levels),
        "competencies": list(scenario.covers),
        "minutes": scenario.minutes,
        **({"measured": measured} if measured else {}),
    }


def _seen(scenario: Scenario, seed: int | None) -> dict[str, Any]:
    """What a learner is told before the drill. `based_on` stays out: a source often names the cause."""
    if seed is None:
        briefing, context = scenario.briefing, scenario.context
    else:
        from scenarios.draw import draw
        from scenarios.incident import nominal_page_s

        drawn = draw(scenario, seed, nominal_page_s=nominal_page_s(seed))
        briefing, context = drawn.briefing, drawn.context
    return {"alert": scenario.page.alert, "objectives": list(scenario.objectives), "briefing": briefing.strip(), "context": list(context)}


def _answers(scenario: Scenario, seed: int) -> dict[str, Any]:
    from scenarios.draw import draw
    from scenarios.faults.library import NOTHING, cause_of, complete
    from scenarios.incident import nominal_page_s

    drawn = draw(scenario, seed, nominal_page_s=nominal_page_s(seed))
    causes = [(*cause_of(fault), complete(fault)) for fault in drawn.faults] or [(*NOTHING, {})]
    return {
        "seed": seed,
        "cause": [{"component": component, "mechanism": mechanism, "params": params} for component, mechanism, params in causes],
        "differential": [entry.name for entry in scenario.differential],
        "reference": list(drawn.reference),
        "mirror": list(drawn.mirror),
        "horizon_s": drawn.horizon_s,
        "based_on": list(scenario.based_on),
    }


def _print_fields(document: dict[str, Any]) -> None:
    from console.plain.calibration import measured_text
    from console.plain.observations import paragraph, prose
    from console.plain.style import stdout_style
    from console.untrusted import untrusted_line

    style = stdout_style()
    for name, value in document.items():
        if name == "measured":
            value = measured_text(value)
        head = style.paint(name.replace("_", " "), "bold")
        if isinstance(value, (list, tuple)):
            lines = [_cause_line(item) if isinstance(item, dict) else str(item) for item in value] or ["none"]
            short = all(len(line) < 40 and " " not in line for line in lines)
            print_text(f"{head}: {untrusted_line(', '.join(lines))}" if short else "\n".join([f"{head}:", *(paragraph(line, style) for line in lines)]))
        elif isinstance(value, str) and len(value) > 80:
            print_text(f"{head}:\n{prose(value, style)}")
        else:
            print_text(f"{head}: {untrusted_line(str(value))}")


def _cause_line(cause: dict[str, Any]) -> str:
    return " ".join([cause["component"], cause["mechanism"], *(f"{name}={value}" for name, value in cause["params"].items())])


@app.command("check")
def check_scenarios(
    names: list[str] = typer.Argument(None, metavar="[NAME]...", help="Which, by name or file; all packaged ones when left out.", autocompletion=complete.scenarios),
    seeds: str = typer.Option("1..3", "--seeds", metavar="A..B", help="Which seeds, both ends included."),
    jobs: int = typer.Option(1, "--jobs", min=1, help="Processes at a time."),
    as_json: bool = Json,
) -> None:
    """Prove by simulation that scenarios are sound; exit status 1 where one is not."""
    from console.cli.ranges import seeds_in
    from scenarios.library import find_scenario, scenario_names
    from scenarios.vocabulary import packaged_vocabulary

    which = seeds_in(seeds)
    # All are read before the first is simulated: a mistake in a file is told at once.
    chosen = [find_scenario(name, packaged_vocabulary()) for name in names or scenario_names()]
    results = _checked(chosen, which, jobs)
    if as_json:
        print_json({"scenarios": results})
    else:
        from console.plain.style import stdout_style

        _print_checks(results, stdout_style())
    if not all(result["ok"] for result in results):
        raise typer.Exit(FELL_SHORT)


def _checked(chosen: Sequence[Scenario], seeds: Sequence[int], jobs: int) -> list[dict[str, Any]]:
    """One result for each scenario; the seeds are checked `jobs` at a time, in processes of their own where that is more than one."""
    from joblib import Parallel, delayed

    from grader.check import check_scenario

    tasks = [(scenario, seed) for scenario in chosen for seed in seeds]
    parts = []
    for (scenario, seed), part in zip(tasks, Parallel(n_jobs=jobs, return_as="generator")(delayed(check_scenario)(s, (n,)) for s, n in tasks), strict=True):
        say(f"{scenario.name}, seed {seed}: {'sound' if part['ok'] else 'not sound'}")
        parts.append(part)
    results = []
    for scenario in chosen:
        mine = [part for (owner, _), part in zip(tasks, parts, strict=True) if owner is scenario]
        results.append({"name": scenario.name, "seeds": list(seeds), "checks": [check for part in mine for check in part["checks"]], "ok": all(part["ok"] for part in mine)})
    return results


def _print_checks(results: list[dict[str, Any]], style: Any) -> None:
    from console.plain.tables import table_text
    from console.untrusted import untrusted_line
    from simulator.observation import Column

    for result in results:
        print_text(f"{style.paint(untrusted_line(result['name']), 'bold')}  {'+ sound' if result['ok'] else '! not sound'}")
        rows = [(str(c["seed"]), c["name"], "ok" if c["ok"] else "failed", c["detail"]) for c in result["checks"]]
        print_text(table_text((Column("seed"), Column("check"), Column("state"), Column("detail")), rows, style))


@app.command("new")
def new_scenario(
    name: str = typer.Argument(..., metavar="NAME", help="Small letters and digits with hyphens."),
    title: str = typer.Option(None, "--title", help="What the learner reads in the list."),
    fault: str = typer.Option(None, "--fault", help="What is wrong; hotseat faults lists them."),
    alert: str = typer.Option(None, "--alert", help="The alert that opens the drill."),
    covers: list[str] = typer.Option(None, "--covers", metavar="ID", help="A competency that it lets people practise; may be given again."),
    system: str = typer.Option("card-fraud", "--system", help="The system that it happens in."),
    minutes: int = typer.Option(30, "--minutes", min=5, max=480, help="How long a person takes."),
    difficulty: int = typer.Option(3, "--difficulty", min=1, max=5, help="1 is a first drill, 5 is for staff engineers."),
    onset: str = typer.Option(None, "--onset", metavar="SHORTEST..LONGEST", help="Time from cause to page; as the fault usually takes when left out."),
    out: Path = typer.Option(None, "--out", metavar="FILE", help="Where to write it; NAME.yaml here when left out.", dir_okay=False),
    as_json: bool = Json,
) -> None:
    """Write a new scenario file to start from; on a terminal it asks for what was not given."""
    from console.cli.authoring import Wanted, asked, scenario_text
    from scenarios.scenario import parse_scenario
    from scenarios.vocabulary import packaged_vocabulary

    wanted = asked(Wanted(name, system, title, fault, alert, tuple(covers or ())))
    text = scenario_text(wanted, minutes=minutes, difficulty=difficulty, onset=onset)
    file = out or Path(f"{name}.yaml")
    if file.suffix not in (".yaml", ".yml"):
        raise UsageError(f"{file} does not end in .yaml, by which a scenario file is told from a name")
    # A competency that does not exist, or a sign that nobody sees: what `check` would refuse to read is not written.
    parse_scenario(text, str(file), packaged_vocabulary())
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise UsageError(f"{file} exists already; give another --out") from None
    except OSError as problem:
        raise HotseatError(f"{file}: cannot be written: {problem.strerror}") from None
    if as_json:
        print_json({"name": name, "file": str(file)})
    else:
        print_text(f"{file} is written. Next: fill in its runbook and its mirror, then hotseat scenarios check {file}")


app.command("first-page")(first_page.show_first_page)
