"""The import contracts of pyproject.toml hold in this tree, and each of them would notice a breach."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("content", "simulator", "scenarios", "grader", "curriculum", "console")
SUBPACKAGES = ("simulator/operations", "simulator/telemetry", "scenarios/faults")


def lint_imports(folder: Path) -> tuple[int, str]:
    """Exit status and report of import-linter on the packages in `folder`, with the contracts that stand there."""
    # -P and -c keep the editable install of this very tree from shadowing a copy: only `folder` is put in front.
    program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports; sys.exit(lint_imports(config_filename='pyproject.toml', no_cache=True))"
    done = subprocess.run([sys.executable, "-P", "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """The six packages, empty but for a world that owns its telemetry, under the project's own contracts."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    for name in (*PACKAGES, *SUBPACKAGES):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "simulator/world.py").write_text("import simulator.telemetry\n", encoding="utf-8")
    return tmp_path


def test_the_tree_keeps_every_contract() -> None:
    status, report = lint_imports(ROOT)
    assert "0 broken" in report, report
    assert status == 0, report


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("console/app.py", "import curriculum, textual, typer, prompt_toolkit"),
        ("grader/rubric.py", "import content, simulator, scenarios"),
        ("simulator/operations/serving.py", "import simulator.world"),
        ("scenarios/faults/staleness.py", "import simulator.world"),
    ],
)
def test_what_a_layer_may_import_is_accepted(small_tree: Path, file: str, line: str) -> None:
    (small_tree / file).write_text(line + "\n", encoding="utf-8")
    status, report = lint_imports(small_tree)
    assert "3 kept, 0 broken" in report, report
    assert status == 0, report


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("content/door.py", "import simulator", "Each package imports only those below it"),
        ("simulator/drill.py", "import scenarios", "Each package imports only those below it"),
        ("scenarios/marks.py", "def marks():\n    import grader", "Each package imports only those below it"),
        ("grader/lesson.py", "import curriculum", "Each package imports only those below it"),
        ("curriculum/screen.py", "import console", "Each package imports only those below it"),
        ("grader/screen.py", "import textual.app", "Only console imports textual, typer and prompt_toolkit"),
        ("simulator/line.py", "import typer", "Only console imports textual, typer and prompt_toolkit"),
        ("scenarios/line.py", "import prompt_toolkit", "Only console imports textual, typer and prompt_toolkit"),
        ("simulator/operations/serving.py", "import simulator.telemetry", "Operations and faults set causes and never write telemetry"),
        ("scenarios/faults/staleness.py", "from simulator import telemetry", "Operations and faults set causes and never write telemetry"),
    ],
)
def test_a_breach_is_noticed_by_the_contract_that_forbids_it(small_tree: Path, file: str, line: str, contract: str) -> None:
    (small_tree / file).write_text(line + "\n", encoding="utf-8")
    status, report = lint_imports(small_tree)
    assert status == 1, report
    assert f"{contract} BROKEN" in report, report
    assert "2 kept, 1 broken" in report, report
