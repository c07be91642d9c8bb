"""Drills on Dask: a scheduler that somebody runs, or a cluster of this machine's processes for the length of one calibration."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from queue import SimpleQueue
from typing import Any

from grader.calibration.runs import Run, key_of
from grader.calibration.workers import Group, Play, played
from simulator.errors import HotseatError

TOPIC = "hotseat-calibrate"
"""Under which workers tell of each drill before their group is done."""
CONNECT_S = 20


def dask_runs(groups: Sequence[Group], play: Play, jobs: int, scheduler: str | None = None, preload: Sequence[str] = ()) -> Iterator[Run]:
    """Rows as they come, from the scheduler at an address or from `jobs` processes started here.

    Raises:
        HotseatError: Dask is not installed, no scheduler answers, or workers died over the same drills again and again.
    """
    try:
        from dask import config
        from distributed import Client, KilledWorker, LocalCluster
    except ImportError:
        raise HotseatError("Dask is not installed; install the dask extra: pip install 'hotseat[dask]'") from None
    with ExitStack() as stack:
        if scheduler is None:
            # Nobody looks at a profile of these workers, and taking one stops their work a hundred times a second.
            stack.enter_context(config.set({"distributed.worker.profile.enabled": False}))
            # Nobody else's machine can reach it, nor its status page.
            cluster = LocalCluster(n_workers=jobs, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=logging.ERROR)
            address: Any = stack.enter_context(cluster)
        else:
            address = scheduler
        try:
            client = stack.enter_context(Client(address, timeout=CONNECT_S, set_as_default=False))
        except (OSError, ValueError) as problem:
            raise HotseatError(f"no Dask scheduler answers at {scheduler}: {problem}") from None
        told: SimpleQueue[Any] = SimpleQueue()
        # Rows also come with their group's result: one that was told and lost on the way is not lost.
        client.subscribe_topic(TOPIC, lambda event: told.put(json.loads(event[1])))
        for group in groups:
            client.submit(partial(_run_group, play, tuple(preload)), group, pure=False).add_done_callback(told.put)
        seen, left = set(), len(groups)
        while left:
            found = told.get()
            if isinstance(found, dict):
                rows = [found]
            else:
                left -= 1
                try:
                    rows = found.result()
                except KilledWorker:
                    raise HotseatError("Dask gave up: workers died over the same drills again and again") from None
            for run in rows:
                if key_of(run) not in seen:
                    seen.add(key_of(run))
                    yield run


def _run_group(play: Play, preload: tuple[str, ...], group: Group) -> list[Run]:
    from distributed import get_worker

    for name in preload:
        import_module(name)
    worker, rows = get_worker(), []
    for run in played(play, group):
        # As text: events are packed in a form that makes tuples of lists.
        worker.log_event(TOPIC, json.dumps(run))
        rows.append(run)
    return rows
