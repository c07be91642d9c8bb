"""The same ground under every test: one numeric thread, colour as by default, a home folder of its own, no random examples."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

# NumPy's libraries read these when they load, and test modules import NumPy: so before anything else.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ.pop("NO_COLOR", None)

import pytest  # noqa: E402  the environment above comes first
from hypothesis import settings  # noqa: E402

if TYPE_CHECKING:
    from simulator.timeline import Edit
    from simulator.world import Checkpoint, World

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def hotseat_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A fresh folder for people, results and caches; each worker process has its own, and its children inherit it."""
    home = str(tmp_path_factory.mktemp("hotseat-home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSEAT_HOME", home)
        yield home


QUIET_BEFORE_DAY_60_S = 600.0


@pytest.fixture(scope="session")
def quiet() -> Checkpoint:
    """A quiet moment ten minutes before day 60 of one world that all tests share."""
    from simulator.durations import DAY_S
    from simulator.spec import load_system
    from simulator.world import World

    world = World(load_system("card-fraud"), 7)
    world.advance(60 * DAY_S - QUIET_BEFORE_DAY_60_S)
    found = world.checkpoint()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def base_world(quiet: Checkpoint) -> World:
    """A settled world at day 60, to be read only."""
    from simulator.durations import DAY_S
    from simulator.world import World

    world = World(quiet.spec, quiet.seed, start=quiet, exact_from_s=quiet.at_s)
    world.advance(60 * DAY_S)
    world.settle()
    return world


@pytest.fixture
def fork(quiet: Checkpoint) -> Callable[..., World]:
    """Makes a world of its own from the quiet moment, with edits; it stands ten minutes before day 60."""
    from simulator.world import World

    def make(edits: Iterable[Edit] = ()) -> World:
        return World(quiet.spec, quiet.seed, edits, start=quiet, exact_from_s=quiet.at_s)

    return make
