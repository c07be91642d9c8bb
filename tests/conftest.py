"""The same ground under every test: one numeric thread, colour as by default, a home folder of its own, no random examples."""

from __future__ import annotations

import os
from collections.abc import Iterator

# NumPy's libraries read these when they load, and test modules import NumPy: so before anything else.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ.pop("NO_COLOR", None)

import pytest  # noqa: E402  the environment above comes first
from hypothesis import settings  # noqa: E402

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def hotseat_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A fresh folder for people, results and caches; each worker process has its own, and its children inherit it."""
    home = str(tmp_path_factory.mktemp("hotseat-home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSEAT_HOME", home)
        yield home
