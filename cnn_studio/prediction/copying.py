"""Pictures copied into folders that are called after what a model takes them for."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from cnn_studio.data.class_names import MAX_LENGTH, check_class_name
from cnn_studio.errors import DatasetError, ImageError, StudioError
from cnn_studio.prediction.batch import FilePrediction
from cnn_studio.prediction.picture_reader import PictureReader
from cnn_studio.prediction.pictures import Picture
from cnn_studio.whole_files import write_atomically
from cnn_studio.work_notes import Halt

UNKNOWN_FOLDER = "unknown"


@dataclass(frozen=True)
class CopyReport:
    """What became of pictures that were to be copied.

    Attributes:
        copied: Where the copies are.
        left_out: The pictures that were not copied, each with a sentence that says why.
        is_taken_back: Whether all copies were removed again, as it ended early.
    """

    copied: tuple[Path, ...]
    left_out: tuple[tuple[str, str], ...]
    is_taken_back: bool = False


def copy_by_class(
    answers: Sequence[FilePrediction],
    target: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    halted: Callable[[], Halt] = lambda: Halt.KEEP,
    coming: Callable[[Picture, Path, int], None] = lambda _picture, _path, _size: None,
) -> CopyReport:
    """Copy each picture into the folder of its class; unknown ones into "unknown".

    Nothing is ever written over: a name that is taken is numbered. Frames of videos become JPEG.

    Args:
        answers: The pictures and what the model says of them.
        target: The folder in which each class gets one.
        progress: Told how many are done, and of how many.
        cancelled: Called before each; once it returns True, it ends.
        halted: Called then; says what becomes of the copies.
        coming: Called just before each copy is written: the picture, the copy, its bytes.

    Raises:
        ImageError: The folder cannot be written to.
    """
    report = copy_pictures(orders_for(answers, target), progress, cancelled, halted, coming)
    unreadable = [(a.picture.name, a.error or "") for a in answers if a.prediction is None]
    places = {answer.picture.name: place for place, answer in enumerate(answers)}
    in_order = sorted((*unreadable, *report.left_out), key=lambda entry: places[entry[0]])
    return replace(report, left_out=tuple(in_order))


def orders_for(answers: Sequence[FilePrediction], target: Path) -> list[tuple[Picture, Path]]:
    """The pictures that can be copied, each with the folder in `target` that it goes to."""
    return [(a.picture, target / _folder_name(a)) for a in answers if a.prediction is not None]


def copy_pictures(
    orders: Sequence[tuple[Picture, Path]],
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    halted: Callable[[], Halt] = lambda: Halt.KEEP,
    coming: Callable[[Picture, Path, int], None] = lambda _picture, _path, _size: None,
) -> CopyReport:
    """Copy each picture into its folder; see `copy_by_class`.

    Args:
        orders: The pictures, each with the folder that it is copied into.
        progress, cancelled, halted, coming: See `copy_by_class`.

    Raises:
        ImageError: A folder cannot be written to.
    """
    copied: list[Path] = []
    left_out: list[tuple[str, str]] = []
    with PictureReader() as reader:
        for done, (picture, folder) in enumerate(orders):
            if cancelled():
                is_taken_back = halted() is Halt.TAKE_BACK
                if is_taken_back:
                    remove_copies(copied)
                    copied.clear()
                return CopyReport(tuple(copied), tuple(left_out), is_taken_back)
            progress(done, len(orders))
            try:
                name, data = reader.file(picture)
            except StudioError as error:
                left_out.append((picture.name, str(error)))
                continue
            copied.append(_store(folder, name, data, partial(coming, picture)))
    progress(len(orders), len(orders))
    return CopyReport(tuple(copied), tuple(left_out))


def remove_copies(copies: Sequence[Path]) -> None:
    """Remove copies, and folders that nothing else is in.

    Raises:
        ImageError: The system does not allow it.
    """
    for path in copies:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ImageError(
                f"{path} cannot be removed again ({error.strerror or error})."
            ) from error
    for folder in {path.parent for path in copies}:
        with suppress(OSError):
            folder.rmdir()


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


def _store(folder: Path, name: str, data: bytes, coming: Callable[[Path, int], None]) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _reserved(folder / name)
        try:
            coming(path, len(data))
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
