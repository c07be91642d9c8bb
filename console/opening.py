"""Whether a drill is played on screens or line by line, and the app's run from the command line's side."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.host.messages import Begin, Resume


def screens_wanted() -> bool:
    """Whether both ends are a terminal that can be drawn on."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def play_on_screens(opening: Begin | Resume | None = None) -> None:
    """Run the app until it is left.

    Raises:
        UsageError: what it was to open with could not be opened.
    """
    from console.app import HotseatApp
    from simulator.errors import UsageError

    app = HotseatApp(opening)
    if hasattr(signal, "SIGHUP"):
        # A terminal that is closed ends the app and its host, also where whoever started it had that ignored.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    app.run()
    if app.not_opened:
        raise UsageError(app.not_opened)
