"""`hotseat bench`: the benchmarks, each against its peer or its limit in the same run."""

from __future__ import annotations

import typer

from console.cli import complete
from console.cli.edge import FELL_SHORT, Json, print_json, print_text, say
from simulator.errors import UsageError

_NO_BENCH = ("row", "terminal", "painted", "processes", "minimal_app", "simpy_service")


def names() -> tuple[str, ...]:
    """Each module of `console.bench` is a benchmark, except those that the benchmarks measure with."""
    import pkgutil

    import console.bench

    return tuple(sorted(module.name for module in pkgutil.iter_modules(console.bench.__path__) if module.name not in _NO_BENCH))


def bench(
    chosen: list[str] = typer.Argument(None, metavar="[NAME]...", help="Which; all when left out.", autocompletion=complete.benches),
    as_json: bool = Json,
) -> None:
    """Measure the program against its peers. Exit status 1 where a target is missed."""
    import importlib

    known = names()
    for name in chosen or ():
        if name not in known:
            raise UsageError(f"there is no bench {name!r}; there are {', '.join(known)}")
    rows = []
    for name in dict.fromkeys(chosen or known):
        say(f"{name}…")
        rows += importlib.import_module(f"console.bench.{name}").run()
    if as_json:
        print_json({"benches": [row.to_json() for row in rows]})
    else:
        from console.plain.style import stdout_style
        from console.plain.tables import table_text
        from simulator.observation import Column, significant

        heads = tuple(Column(name) for name in ("bench", "figure", "unit", "peer", "peer figure", "ratio", "target", "state"))
        shown = [(r.name, significant(r.figure, 4), r.unit, r.peer, significant(r.peer_figure, 4), significant(r.ratio, 3), r.target, _state(r.ok)) for r in rows]
        print_text(table_text(heads, shown, stdout_style()))
    if any(row.ok is False for row in rows):
        raise typer.Exit(FELL_SHORT)


def _state(ok: bool | None) -> str:
    return "" if ok is None else "ok" if ok else "missed"
