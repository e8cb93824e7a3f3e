"""What a training writes down while it runs, so that even a killed one can be understood."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnn_studio.data.split import Split
from cnn_studio.errors import UsageError
from cnn_studio.models.runs import (
    HISTORY_FILE,
    RECIPE_FILE,
    SPLIT_FILE,
    EpochRecord,
    create_run,
)
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.preparation import InputSpec
from cnn_studio.whole_files import write_atomically


def begin_run(
    request: TrainingRequest, input_spec: InputSpec, names: Sequence[str], split: Split
) -> Path:
    """Make the run's folder, and write into it what is to be trained.

    Args:
        request: What was asked for.
        input_spec: How the images were prepared.
        names: What each image is called.
        split: Which of them are held back.

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
            raise UsageError(f"The folder for the run must be new or empty. Received: {folder}.")
        folder.mkdir(parents=True, exist_ok=True)
    _write_json(
        folder / RECIPE_FILE,
        {
            "dataset": request.dataset.name,
            "dataset_title": request.dataset.title,
            "dataset_folder": str(request.dataset.folder),
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "input": input_spec.to_dict(),
            "recipe": request.recipe.to_dict(),
        },
    )
    _write_json(folder / SPLIT_FILE, split.to_dict(names))
    return folder


def append_epoch(run_folder: Path, record: EpochRecord) -> None:
    """Add a row to history.csv, and flush it to the disk; the first one brings the header along.

    A kill can only cut the newest row short, and `read_history` passes over such a row.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    path = run_folder / HISTORY_FILE
    text = io.StringIO()
    writer = csv.writer(text)
    if not path.exists():
        writer.writerow(field.name for field in fields(EpochRecord))
    writer.writerow(_cell(value) for value in astuple(record))
    with path.open("a", encoding="utf-8", newline="") as stream:
        stream.write(text.getvalue())
        stream.flush()
        os.fsync(stream.fileno())


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    text = json.dumps(values, indent=2, ensure_ascii=False)
    write_atomically(path, text.encode("utf-8"))


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else value
