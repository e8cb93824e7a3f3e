"""The command `cnn-studio`: it opens the window, or does one job without it.

Nothing heavy is imported here: the engine's process imports this module again when it starts, and
the window should not wait for a command line that it does not use.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from cnn_studio.errors import StudioError, UsageError
from cnn_studio.untrusted_text import shown_lines, shown_list

DONE, COULD_NOT, WRONG_USE = 0, 1, 2
INTERRUPTED = 128 + signal.SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The words after `cnn-studio`; None takes those of this process.

    Returns:
        The exit code: 0 done, 1 could not, 2 wrong use, 128 and the signal's number where a signal
        ended it. What went wrong is one sentence on stderr.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_closed_streams()
    try:
        code = _run(words, is_own_process=arguments is None)
        sys.stdout.flush()
    except UsageError as error:
        code = _refused(str(error), WRONG_USE)
    except StudioError as error:
        code = _refused(str(error), COULD_NOT)
    except KeyboardInterrupt:
        code = _refused("Interrupted.", INTERRUPTED)
    except BrokenPipeError:  # whoever read stdout has had enough, as in `… | head`
        code = COULD_NOT
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        code = _refused(f"{error.strerror or error}{where}.", COULD_NOT)
    finally:
        _settle_stdout()
    if arguments is None:
        from cnn_studio.cli.interrupts import end_with

        end_with(code)
    return code


class _Sentences(logging.Formatter):
    """What is logged, as a person may see it: a fault of the program alone has its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info and record.levelno >= logging.ERROR:
            return shown_lines(super().format(record))
        return shown_list(record.getMessage())


def _run(words: Sequence[str], *, is_own_process: bool) -> int:
    from cnn_studio.cli.window import open_window, window_options

    if is_own_process and logging.lastResort is not None:
        logging.lastResort.setFormatter(_Sentences())
    options = window_options(words)
    if options is not None:
        return open_window(*options)
    if is_own_process:
        from cnn_studio.cli.interrupts import end_in_time

        end_in_time()
    from cnn_studio.cli.app import run_command

    return run_command(words)


def _refused(sentence: str, code: int) -> int:
    _say(sentence)
    return code


def _say(sentence: str) -> None:
    with suppress(OSError, ValueError):  # nobody hears it; the exit code says it all the same
        print(shown_list(sentence), file=sys.stderr, flush=True)


def _open_closed_streams() -> None:
    """Take silence for a stream that the caller has closed, as in `runs >&-`, and say so.

    Else the next file that is opened would have the stream's number, and get what others print.
    """
    for number, name, mode in ((0, "stdin", "r"), (2, "stderr", "w"), (1, "stdout", "w")):
        if getattr(sys, name) is not None:
            continue
        try:
            os.fstat(number)
        except OSError:
            silence = os.open(os.devnull, os.O_RDWR)
            if silence != number:
                os.dup2(silence, number)
                os.close(silence)
            os.set_inheritable(number, True)  # or what is started has it closed
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
            if name == "stdout":
                _say("The output is closed, so nothing is printed.")


def _settle_stdout() -> None:
    """Flush stdout, or give it up: Python flushes it once more when it exits, and may not fail."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
