"""The command `cnn-studio`: it opens the window, or does one job without it.

Nothing heavy is imported here: the engine's process imports this module again when it starts, and
the window should not wait for a command line that it does not use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cnn_studio.errors import StudioError, UsageError

DONE, COULD_NOT, WRONG_USE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: The words after `cnn-studio`; None takes those of this process.

    Returns:
        The exit code: 0 done, 1 could not, 2 wrong use. What went wrong is one sentence on stderr.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(words, is_own_process=arguments is None)
        sys.stdout.flush()
    except UsageError as error:
        return _refused(str(error), WRONG_USE)
    except StudioError as error:
        return _refused(str(error), COULD_NOT)
    except KeyboardInterrupt:
        return _refused("Interrupted.", COULD_NOT)
    except BrokenPipeError:  # whoever read stdout has had enough, as in `… | head`
        _give_up_stdout()
        return COULD_NOT
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _refused(f"{error.strerror or error}{where}.", COULD_NOT)
    return code


def _run(words: Sequence[str], *, is_own_process: bool) -> int:
    from cnn_studio.cli.window import open_window, window_options

    options = window_options(words)
    if options is not None:
        return open_window(*options)
    if is_own_process:
        from cnn_studio.cli.interrupts import end_in_time

        end_in_time()
    from cnn_studio.cli.app import run_command

    return run_command(words)


def _refused(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


def _give_up_stdout() -> None:
    # Python flushes stdout once more when it exits, and that must not fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
