"""What the system refuses, told as a sentence with what to do."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cnn_studio.errors import StudioError, TrainingError
from cnn_studio.training.cluster import PEER_LOST

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# h5py tells the system's number in its text only.
_NO_ROOM_TEXTS = tuple(f"errno = {number}," for number in _NO_ROOM)


_LESS_MEMORY = "Choose a smaller image size or batch size, or close other programs."


@contextmanager
def told_in_a_sentence(less_memory: str = _LESS_MEMORY) -> Iterator[None]:
    """Turn a lack of memory or disk space into a TrainingError; what is told already passes.

    Args:
        less_memory: What helps where there is too little memory, in a sentence.
    """
    try:
        yield
    except StudioError:
        raise
    except _of_memory() as error:
        raise TrainingError(
            f"There is too little memory for this training. {less_memory}"
        ) from error
    except _of_tensorflow("UnavailableError", "AbortedError") as error:
        raise TrainingError(PEER_LOST) from error
    except OSError as error:
        if error.errno in _NO_ROOM or any(text in str(error) for text in _NO_ROOM_TEXTS):
            raise TrainingError(
                "The disk is full, so the training could not be saved. "
                "Make room and start it again; older models are untouched."
            ) from error
        where = f" {error.filename}" if error.filename else ""
        raise TrainingError(
            f"A file of the training cannot be read or written:{where} ({error.strerror or error})."
        ) from error


def _of_memory() -> tuple[type[Exception], ...]:
    return (MemoryError, *_of_tensorflow("ResourceExhaustedError"))


def _of_tensorflow(*names: str) -> tuple[type[Exception], ...]:
    """Errors of TensorFlow, if it was loaded: some trainings do without it."""
    tensorflow = sys.modules.get("tensorflow")
    errors = getattr(tensorflow, "errors", None)
    return () if errors is None else tuple(getattr(errors, name) for name in names)
