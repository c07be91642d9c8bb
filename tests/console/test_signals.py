from __future__ import annotations

import os
import signal
import threading

import pytest

from console.signals import unbroken


def test_an_interrupt_within_the_block_comes_after_it() -> None:
    done = []

    def interrupted_halfway() -> None:
        with unbroken():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        interrupted_halfway()
    assert done == ["all of it"]


def test_without_an_interrupt_nothing_is_raised_and_the_old_handler_is_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with unbroken():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_within_the_block_comes_through_and_restores_the_handler() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ValueError, match="broken"), unbroken():
        raise ValueError("broken")
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_the_block_just_runs() -> None:
    done: list[int] = []

    def work() -> None:
        with unbroken():
            done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]
