"""Where the state of a person lives: HOTSEAT_HOME, or the platform's folder for user data."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.sessions import SessionStore


def home() -> Path:
    """The folder of sessions and settings; not created here."""
    chosen = os.environ.get("HOTSEAT_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("hotseat", appauthor=False))


def sessions() -> SessionStore:
    from scenarios.sessions import SessionStore

    return SessionStore(home())


def wall_now() -> str:
    """The wall clock as journals keep it. The only clock that a drill is told of."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
