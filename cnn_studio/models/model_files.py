"""Files of models, read whole: they may come from anybody."""

from __future__ import annotations

from pathlib import Path

from cnn_studio.errors import ModelError
from cnn_studio.untrusted_files import read_bytes

MAX_MODEL_BYTES = 1 << 30
"""No network that a studio runs is larger."""


def read_model(path: Path, most_bytes: int = MAX_MODEL_BYTES) -> bytes:
    """The bytes of a model's file.

    Args:
        path: The file.
        most_bytes: A larger one is refused before it is read.

    Raises:
        ModelError: It cannot be read, is no regular file, or is larger.
    """
    try:
        return read_bytes(path, most_bytes, ModelError)
    except ModelError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError):
            raise
        raise ModelError(f"{path} cannot be read ({cause.strerror or cause}).") from cause
