"""What another process was told of is there after that process was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from console.home import sessions
from console.host.seat import go_on
from scenarios.incident import Incident

ROOT = Path(__file__).parents[3]
ID = "the-quiet-store-3-1"


def test_an_answered_line_outlives_a_kill_and_the_drill_goes_on_from_it(world: Incident) -> None:
    program = "from console.cli.main import main; main()"
    command = [sys.executable, "-c", program, "run", "the-quiet-store", "--seed", "3", "--script", "-", "--json"]
    with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        told = []
        for line in (b"alerts\n", b"registry rollback\n"):
            child.stdin.write(line)
            child.stdin.flush()
            told.append(json.loads(child.stdout.readline()))
        child.kill()
    assert child.returncode == -signal.SIGKILL
    rows = sessions().resolve(ID).rows
    assert [row.payload["line"] for row in rows[1:]] == [reply["line"] for reply in told] == ["alerts", "registry rollback"]
    seat = go_on(ID)
    seat.journal.close()
    assert (seat.drill.now_s, seat.drill.phase) == (told[-1]["at"] + told[-1]["took"], "mitigating")
