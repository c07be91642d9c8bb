"""`hotseat doctor`: what the program stands on, and whether it can work here."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from console.cli.edge import FELL_SHORT, Json, print_json, print_text

LIBRARIES = ("hotseat", "numpy", "scipy", "scikit-learn", "pandas", "duckdb", "numba", "simpy", "textual", "typer", "pydantic")


def doctor(as_json: bool = Json) -> None:
    """Tell versions and folders, and check that sessions can be kept and scenarios read; exit status 1 where not."""
    import platform
    import sqlite3
    from importlib.metadata import version

    versions = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version, **{name: version(name) for name in LIBRARIES}}
    machine = f"{platform.system()} {platform.machine()}"
    checks = [_state_folder(), _catalogue(), _threads()]
    if as_json:
        print_json({"versions": versions, "platform": machine, "python": sys.executable, "checks": checks})
    else:
        from console.plain.style import stdout_style
        from console.plain.tables import table_text
        from simulator.observation import Column

        style = stdout_style()
        print_text(table_text((Column("part"), Column("version")), [*versions.items(), ("platform", machine)], style))
        rows = [(c["name"], "ok" if c["ok"] else "failed", c["detail"]) for c in checks]
        print_text("\n" + table_text((Column("check"), Column("state"), Column("detail")), rows, style))
    if not all(check["ok"] for check in checks):
        raise typer.Exit(FELL_SHORT)


def _check(name: str, ok: bool, detail: str) -> dict[str, Any]:
    return {"name": name, "ok": ok, "detail": detail}


def _state_folder() -> dict[str, Any]:
    """Whether a file can be written where sessions are kept, or as near to it as there is a folder: none is created for that."""
    import tempfile

    from console.home import home

    folder = home()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        # Permissions do not tell of a file system that takes nothing or a disk without room: only a file that was written does.
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"hotseat")
            probe.flush()
    except OSError as problem:
        return _check("sessions can be kept", False, f"{folder} cannot be written: {problem.strerror}")
    return _check("sessions can be kept", True, str(home()))


def _catalogue() -> dict[str, Any]:
    from scenarios.library import all_scenarios
    from scenarios.vocabulary import packaged_vocabulary
    from simulator.errors import HotseatError

    try:
        return _check("scenarios can be read", True, f"{len(all_scenarios(packaged_vocabulary()))} packaged")
    except HotseatError as problem:
        return _check("scenarios can be read", False, str(problem).splitlines()[0])


def _threads() -> dict[str, Any]:
    """Sums depend on the number of threads that make them, so worlds are comparable only where it is one."""
    from console.threads import THREAD_VARIABLES

    chosen = {name: os.environ.get(name, "") for name in THREAD_VARIABLES}
    return _check("one numeric thread", all(value == "1" for value in chosen.values()), ", ".join(f"{name}={value}" for name, value in chosen.items()))
