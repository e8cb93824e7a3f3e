"""Native libraries kept from talking where only our own sentences should stand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

_STDERR = 2


@contextmanager
def silenced_stderr() -> Iterator[None]:
    """Drop what native code writes to stderr meanwhile.

    TensorFlow (while it is imported) and LiteRT (with the first model) write notes there that no
    switch of theirs turns off. Python's own errors are raised as ever.
    """
    try:
        kept = os.dup(_STDERR)
    except OSError:  # a program without a console has no stderr to silence
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(nowhere)
        os.close(kept)
