"""Loops that are too long for one function: several plain functions that are compiled together on first call.

The compiler keeps machine code on disk until the file of the function changes. It does not see changes of a function that is
called or of a constant that is imported; here both are part of the name under which the code is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import FunctionType
from typing import Any, Generic

from simulator.dataplane.kernels import P, R


class Program(Generic[P, R]):
    """As `Kernel`, for a function that calls others: `parts`, each of which may call those before it."""

    def __init__(self, python: Callable[P, R], *parts: Callable[..., Any]) -> None:
        self.python = python
        self.__doc__ = python.__doc__
        self._functions = [function for function in (*parts, python) if isinstance(function, FunctionType)]
        self._compiled: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        if self._compiled is None:
            self._compiled = self._compile()
        return self._compiled(*args, **kwargs)

    @property
    def digest(self) -> str:
        """Of all that the machine code depends on: the functions' code and the numbers that they take from their modules."""
        content: list[Any] = []
        for function in self._functions:
            code = function.__code__
            numbers = {name: function.__globals__.get(name) for name in code.co_names if isinstance(function.__globals__.get(name), int | float)}
            content.append((code.co_name, code.co_code.hex(), repr(code.co_consts), code.co_names, code.co_varnames, sorted(numbers.items())))
        return hashlib.blake2b(repr(content).encode(), digest_size=6).hexdigest()

    def _compile(self) -> Callable[P, R]:
        from numba import njit

        digest = self.digest
        compiled: dict[str, Any] = {}
        for function in self._functions:
            # The same code, whose names for the parts stand for the compiled ones.
            own = FunctionType(function.__code__, function.__globals__ | compiled, function.__name__, function.__defaults__)
            own.__module__, own.__qualname__ = function.__module__, f"{function.__qualname__}_{digest}"
            compiled[function.__name__] = njit(cache=True, nogil=True)(own)
        made: Callable[P, R] = compiled[self._functions[-1].__name__]
        return made
