"""Pictures copied into folders that are called after what a model takes them for."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.class_names import MAX_LENGTH, check_class_name
from cnn_studio.errors import DatasetError, ImageError, StudioError
from cnn_studio.prediction.batch import FilePrediction
from cnn_studio.prediction.picture_reader import PictureReader
from cnn_studio.whole_files import write_atomically

UNKNOWN_FOLDER = "unknown"


@dataclass(frozen=True)
class CopyReport:
    """What became of pictures that were to be copied.

    Attributes:
        copied: Where the copies are.
        left_out: The pictures that were not copied, each with a sentence that says why.
    """

    copied: tuple[Path, ...]
    left_out: tuple[tuple[str, str], ...]


def copy_by_class(
    answers: Sequence[FilePrediction],
    target: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> CopyReport:
    """Copy each picture into the folder of its class; unknown ones into "unknown".

    Nothing is ever written over: a name that is taken is numbered. Frames of videos become JPEG.

    Args:
        answers: The pictures and what the model says of them.
        target: The folder in which each class gets one.
        progress: Told how many are done, and of how many.
        cancelled: Asked before each; once it says True, it ends with what it has.

    Raises:
        ImageError: The folder cannot be written to.
    """
    copied: list[Path] = []
    left_out: list[tuple[str, str]] = []
    with PictureReader() as reader:
        for done, answer in enumerate(answers):
            if cancelled():
                break
            progress(done, len(answers))
            if answer.prediction is None:
                left_out.append((answer.picture.name, answer.error or ""))
                continue
            try:
                name, data = reader.file(answer.picture)
            except StudioError as error:
                left_out.append((answer.picture.name, str(error)))
                continue
            copied.append(_store(target / _folder_name(answer), name, data))
    progress(len(answers), len(answers))
    return CopyReport(tuple(copied), tuple(left_out))


def _folder_name(answer: FilePrediction) -> str:
    """A folder's name for a class, which may come from a model that somebody else made."""
    prediction = answer.prediction
    if prediction is None or prediction.unknown:
        return UNKNOWN_FOLDER
    try:
        return check_class_name(answer.said, ())
    except DatasetError:
        safe = "".join(c if c.isalnum() or c in " -_" else "_" for c in answer.said)
        return f"class {unicodedata.normalize('NFC', safe)[:MAX_LENGTH].strip()}".strip()


def _store(folder: Path, name: str, data: bytes) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _reserved(folder / name)
        try:
            write_atomically(path, data)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path
    except OSError as error:
        raise ImageError(
            f"{name} cannot be copied to {folder} ({error.strerror or error})."
        ) from error


def _reserved(path: Path) -> Path:
    """A place that was free and is ours now: nobody can have written there in between."""
    number, free = 1, path
    while True:
        try:
            os.close(os.open(free, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            return free
        except FileExistsError:
            number += 1
            free = path.with_name(f"{path.stem}-{number}{path.suffix}")
