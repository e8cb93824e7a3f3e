"""Finding the files that no training can use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.errors import ImageError
from cnn_studio.vision.images import is_image_name, read_image

_THREADS = 4
_CHECKED_AT_ONCE = 64


@dataclass(frozen=True)
class UnreadableFile:
    """A file in a class folder that cannot be read as an image, and why."""

    path: Path
    reason: str


def find_unreadable(
    files: Sequence[Path], cancelled: Callable[[], bool] = lambda: False
) -> list[UnreadableFile]:
    """Try to read each file.

    Args:
        files: What to read.
        cancelled: Asked now and then; once it says True, what was found so far is returned.
    """
    found: list[UnreadableFile] = []
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="checking") as pool:
        for start in range(0, len(files), _CHECKED_AT_ONCE):
            if cancelled():
                break
            some = files[start : start + _CHECKED_AT_ONCE]
            reasons = zip(some, pool.map(_why_unreadable, some), strict=True)
            found += [UnreadableFile(path, reason) for path, reason in reasons if reason]
    return found


def _why_unreadable(path: Path) -> str:
    if not is_image_name(path):
        return f"The studio does not read files of this kind: {path.name}."
    try:
        read_image(path)
    except ImageError as error:
        return str(error)
    return ""
