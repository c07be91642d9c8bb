"""Grades stored sessions again under every Python from 3.11 to 3.13 on this machine, and says whether the scorecards are the same to the last byte.

Run by `make pythons`. Each Python gets an environment of its own in .venv/pythons, with the few packages that grading needs, pinned by constraints.txt.
The tests use the environments that there are.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".venv/pythons"
VERSIONS = ("3.11", "3.12", "3.13")
PACKAGES = ("numpy", "pydantic", "pyyaml", "simpy")
"""What reading a journal and grading it import; no world is built."""
FIXTURES = ROOT / "tests/grader/fixtures"
PROGRAM = """
import json, sys
from pathlib import Path
from console.host.closing import regrade
from scenarios.sessions import SessionStore

for journal in sys.argv[1:]:
    card = regrade(SessionStore(Path("no-sessions")).resolve(journal), "journal")[0]
    sys.stdout.buffer.write(json.dumps(card.to_json()).encode() + b"\\n")
"""


def regraded(python: Path | str, journals: Sequence[Path], variables: Mapping[str, str] | None = None, options: Sequence[str] = ()) -> list[bytes]:
    """The scorecards of stored sessions as JSON, graded by another process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **(variables or {})}
    command = [str(python), *options, "-c", PROGRAM, *map(str, journals)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout.splitlines()


def interpreters() -> dict[str, Path]:
    """By version, one interpreter of each that is wanted: on the path, or one of pyenv's."""
    places = [*(Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)), *sorted(Path.home().glob(".pyenv/versions/*/bin"), reverse=True)]
    found: dict[str, Path] = {}
    for version in VERSIONS:
        for place in places:
            python = place / f"python{version}"
            if python.is_file() and _answers(python, version):
                found[version] = python
                break
    return found


def prepared() -> dict[str, Path]:
    """By version, the environments that there are."""
    return {version: PLACE / version / "bin/python" for version in VERSIONS if (PLACE / version / "ready").is_file()}


def prepare(version: str, python: Path) -> None:
    """An environment of its own for a Python, where there is none that was built from the constraints of today."""
    place, stamp = PLACE / version, _stamp()
    if (place / "ready").is_file() and (place / "ready").read_text() == stamp:
        return
    subprocess.run([str(python), "-m", "venv", "--clear", str(place)], check=True)
    install = ("-m", "pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check", "--constraint", str(ROOT / "constraints.txt"))
    subprocess.run([str(place / "bin/python"), *install, *PACKAGES], check=True)
    (place / "ready").write_text(stamp)


def _stamp() -> str:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return "\n".join(line for line in lines if re.split("[=<>]", line)[0].lower() in PACKAGES)


def _answers(python: Path, version: str) -> bool:
    """Whether it runs and is what its name says; a shim of pyenv is there also for versions that are switched off."""
    asked = subprocess.run([str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=False)
    return asked.returncode == 0 and asked.stdout.strip() == version


def _rows(journals: Sequence[Path]) -> Iterator[tuple[str, Path, str]]:
    for version, python in prepared().items():
        for journal, card in zip(journals, regraded(python, journals), strict=True):
            yield version, journal, hashlib.sha256(card).hexdigest()


def main(files: Sequence[str]) -> int:
    for version, python in interpreters().items():
        prepare(version, python)
    journals = [Path(file) for file in files] or sorted(FIXTURES.glob("*.jsonl"))
    found: dict[Path, set[str]] = {}
    for version, journal, digest in _rows(journals):
        found.setdefault(journal, set()).add(digest)
        print(f"{version}  {digest[:16]}  {journal.name}", flush=True)
    if not found:
        print("nothing to grade: no journal, or no Python from 3.11 to 3.13")
        return 1
    same = all(len(digests) == 1 for digests in found.values())
    print("the same on each" if same else "not the same")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
