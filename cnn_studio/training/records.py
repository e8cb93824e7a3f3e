"""What a training writes down while it runs, so that even a killed one can be understood."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from cnn_studio.data.split import Split
from cnn_studio.errors import TrainingError, UsageError
from cnn_studio.models.batch_history import BATCHES_FILE, COLUMNS
from cnn_studio.models.runs import (
    HISTORY_FILE,
    LOCK_FILE,
    RECIPE_FILE,
    SPLIT_FILE,
    EpochRecord,
    create_run,
)
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.training.schedule import Stretch
from cnn_studio.untrusted_files import open_regular, open_to_add, read_json
from cnn_studio.vision.preparation import InputSpec
from cnn_studio.whole_files import write_atomically

TENSORBOARD_FOLDER = "tensorboard"
_BATCHES_KEPT, _MOST_OF_AN_EPOCH = 20_000, 200
_GRACE_S = 1.0  # whoever lists runs looks for a moment whether this one is claimed


def begin_run(
    request: TrainingRequest,
    input_spec: InputSpec,
    names: Sequence[str],
    split: Split,
    classes: Sequence[str] = (),
) -> Path:
    """Make the run's folder, and write into it what is to be trained.

    Args:
        request: What was asked for.
        input_spec: How the images were prepared.
        names: What each image is called.
        split: Which of them are held back.
        classes: The classes in the order of the model's outputs.

    Returns:
        The folder.

    Raises:
        UsageError: The folder that was asked for holds something already.
        OSError: It cannot be made or written to.
    """
    if request.out is None:
        folder = create_run(request.runs_folder, request.dataset.name)
    else:
        folder = request.out.expanduser().absolute()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"The folder for the run must be new or empty, which {folder} is not.")
        folder.mkdir(parents=True, exist_ok=True)
    _write_json(
        folder / RECIPE_FILE,
        {
            "dataset": request.dataset.name,
            "dataset_title": request.dataset.title,
            "dataset_folder": str(request.dataset.folder),
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "input": input_spec.to_dict(),
            "classes": list(classes),
            "recipe": request.recipe.to_dict(),
        },
    )
    _write_json(folder / SPLIT_FILE, split.to_dict(names))
    return folder


def write_stretches(run_folder: Path, recipe: Recipe, stretches: Iterable[Stretch]) -> None:
    """Write into recipe.json that epochs were added.

    Raises:
        OSError: It cannot be written.
        TrainingError: It cannot be read, or is damaged.
    """
    path = run_folder / RECIPE_FILE
    values = read_json(path, error=TrainingError, name=path)
    if not isinstance(values, dict):
        raise TrainingError(f"{path} is damaged: expected values with names.")
    values["recipe"] = recipe.to_dict()
    values["stretches"] = [[stretch.start, stretch.epochs] for stretch in stretches]
    _write_json(path, values)


def append_epoch(run_folder: Path, record: EpochRecord) -> None:
    """Add a row to history.csv, and flush it to the disk; the first one brings the header along.

    A kill can only cut the newest row short: the next one begins on a line of its own, and
    `read_history` passes over the short one.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    path = run_folder / HISTORY_FILE
    before = _before_rows(path, _rows([], has_header=True))
    with open_to_add(path) as stream:
        stream.write((before + _rows([record], has_header=False)).encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())


def rewrite_history(run_folder: Path, records: Sequence[EpochRecord]) -> None:
    """Make history.csv hold these epochs and no others.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    path = run_folder / HISTORY_FILE
    if records:
        write_atomically(path, _rows(records, has_header=True).encode("utf-8"))
    else:
        path.unlink(missing_ok=True)


class BatchRecords:
    """Keeps some of the batches of a training for the plots, evenly chosen.

    Args:
        run_folder: The run's folder; None keeps none.
        epochs: How many epochs there will be: of a long training fewer of each are kept.
        steps_per_epoch: How many batches each has.
    """

    def __init__(self, run_folder: Path | None, epochs: int, steps_per_epoch: int) -> None:
        self._path = None if run_folder is None else run_folder / BATCHES_FILE
        self._steps = steps_per_epoch
        most = max(1, min(_MOST_OF_AN_EPOCH, _BATCHES_KEPT // max(1, epochs)))
        self._every = -(-steps_per_epoch // most)
        self._rows: list[str] = []

    def add(self, epoch: int, step: int, loss: float, accuracy: float) -> None:
        """A batch was learned from; epochs and steps count from 1."""
        if self._path is not None and (step % self._every == 0 or step == self._steps):
            self._rows.append(f"{epoch},{step},{self._steps},{loss:.5g},{accuracy:.5g}\n")

    def write(self) -> None:
        """Add them to the file. That this fails is no reason to end a training."""
        if self._path is None or not self._rows:
            return
        with suppress(OSError):
            before = _before_rows(self._path, ",".join(COLUMNS) + "\n")
            with open_to_add(self._path) as stream:
                stream.write((before + "".join(self._rows)).encode("utf-8"))
        self._rows.clear()


@contextmanager
def claimed(run_folder: Path) -> Iterator[None]:
    """Keep every other process from training the same run meanwhile.

    Raises:
        TrainingError: Another one trains it now.
    """
    lock = FileLock(run_folder / LOCK_FILE)
    try:
        lock.acquire(timeout=_GRACE_S)
    except Timeout as error:
        raise TrainingError(
            f"The run {run_folder.name} is being trained right now. Stop it first, or wait."
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # Windows deletes no file that is open
            (run_folder / LOCK_FILE).unlink()
        lock.release()


def _before_rows(path: Path, header: str) -> str:
    """What stands before rows that are added: the header, or the end of a row that was cut short.

    Raises:
        OSError: The file cannot be read.
    """
    if not path.exists():
        return header
    with open_regular(path) as stream:
        if stream.seek(0, os.SEEK_END) == 0:
            return header
        stream.seek(-1, os.SEEK_END)
        return "" if stream.read(1) == b"\n" else "\n"


def _rows(records: Sequence[EpochRecord], *, has_header: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    names = [field.name for field in fields(EpochRecord)]
    if has_header:
        writer.writerow(names)
    for record in records:
        writer.writerow(_cell(getattr(record, name)) for name in names)
    return text.getvalue()


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    text = json.dumps(values, indent=2, ensure_ascii=False)
    # A file's name may be no text on Linux; its odd bytes then stand as JSON's own escapes.
    write_atomically(path, text.encode("utf-8", "backslashreplace"))


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else value
