"""Where a person's lines come from: a terminal with history and completion, or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from console.untrusted import untrusted_line
from simulator.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prompt_toolkit.completion import Completion
    from prompt_toolkit.history import History

    from console.prompt.suggest import Suggestion

PROMPT = "> "
Suggest = Callable[[str], list["Suggestion"]]
Idle = Callable[[], None]
"""Called about once a second while a person types; may print."""
Spare = Callable[[], bool]
"""Does a slice of work, in a thread of its own while nothing is typed; must not print. False once there is no more."""
TICK_S = 1.0
REST_S = 0.5
"""How long a line stays empty before spare work begins, so that no one who types fast waits for a slice of it."""


class Reader(Protocol):
    def line(self) -> str:
        """The next line. Raises EOFError at the end, KeyboardInterrupt where the person gave up the line."""
        ...

    def agrees(self, question: str) -> bool:
        """Whether the person says yes."""
        ...


class PipeReader:
    """Lines from standard input as they come. Nobody is there to ask, so everything is agreed to."""

    def __init__(self) -> None:
        self._number = 0

    def line(self) -> str:
        from console.cli.edge import say
        from console.cli.script import piped_line

        while True:
            self._number += 1
            try:
                text = piped_line(self._number)
            except ContentError as problem:  # bytes that are no text are no line: told, and passed over
                say(f"hotseat: {problem}")
                continue
            if text is None:
                raise EOFError
            return text

    def agrees(self, question: str) -> bool:
        return True


class TerminalReader:
    """prompt_toolkit's line editor: history kept between drills, completion while typing, a line of state below."""

    def __init__(self, suggest: Suggest, status: Callable[[], str], idle: Idle | None = None, spare: Spare | None = None) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import Completer
        from prompt_toolkit.completion import Completion as Offer

        class Suggesting(Completer):
            def get_completions(self, document: object, complete_event: object) -> Iterator[Completion]:
                before: str = document.text_before_cursor  # type: ignore[attr-defined]
                for offer in suggest(before):
                    yield Offer(offer.text, -offer.replaces, display_meta=untrusted_line(offer.about))

        self._idle, self._spare = idle, spare
        self._session: PromptSession[str] = PromptSession(
            history=_history(), completer=Suggesting(), complete_while_typing=True, bottom_toolbar=lambda: untrusted_line(status()), reserve_space_for_menu=6
        )

    def line(self) -> str:
        if self._idle is None and self._spare is None:
            return self._session.prompt(PROMPT)
        import asyncio

        # A slice that is under way as the line is entered is waited for here: asyncio.run ends its threads.
        return asyncio.run(self._line_beside_work())

    async def _line_beside_work(self) -> str:
        import asyncio

        from prompt_toolkit.patch_stdout import patch_stdout

        with patch_stdout(raw=True):
            beside = asyncio.create_task(self._work())
            try:
                return await self._session.prompt_async(PROMPT)
            finally:
                beside.cancel()

    async def _work(self) -> None:
        """Ticks and slices one after another, never at once: both touch the worlds of one incident."""
        import asyncio

        now = asyncio.get_running_loop().time
        tick_s, rest_s = now() + TICK_S, REST_S
        while self._idle is not None or self._spare is not None:
            await asyncio.sleep(rest_s)
            if self._idle is not None and now() >= tick_s:
                self._idle()
                self._session.app.invalidate()
                tick_s = now() + TICK_S
            rest_s = REST_S
            if self._spare is not None and not self._session.default_buffer.text:
                rest_s = 0.0
                if not await asyncio.to_thread(self._spare):
                    self._spare = None

    def agrees(self, question: str) -> bool:
        from prompt_toolkit import prompt

        try:
            return prompt(f"{untrusted_line(question)} [y/N] ").strip().lower() in ("y", "yes")
        except (EOFError, KeyboardInterrupt):
            return False


def on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _history() -> History:
    """Lines of earlier drills; only this drill's where the state folder cannot be written."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    from console.home import home

    try:
        home().mkdir(parents=True, exist_ok=True)
        (home() / "history").touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(home() / "history")
