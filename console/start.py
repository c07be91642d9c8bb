"""Where the program begins: straight into the app when nothing else is asked for, so that the command line's own libraries are not waited for."""

from __future__ import annotations

import console.threads  # noqa: F401  before anything that could load NumPy

import sys

from console.opening import screens_wanted


def main() -> None:
    """Entry point of the console script."""
    if sys.argv[1:] in ([], ["play"]) and screens_wanted():
        from console.opening import play_on_screens

        play_on_screens()
        return
    from console.cli.main import main as command_line

    command_line()


if __name__ == "__main__":
    main()
