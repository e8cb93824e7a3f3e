"""A run's model, which is there whole or not at all, also where a run had one before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnn_studio.models.bundle import BUNDLE_FILE

_APART = ".model"


@contextmanager
def published_whole(run_folder: Path) -> Iterator[Path]:
    """Give a folder to write a model into; what is in it at the end moves into the run's folder.

    If anything goes wrong meanwhile, the run keeps the model that it had. A kill in the moment of
    moving leaves a run without studio.json, which can be resumed, and never one that describes
    other weights than its own.

    Args:
        run_folder: The run's folder.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    apart = run_folder / _APART
    shutil.rmtree(apart, ignore_errors=True)
    apart.mkdir()
    try:
        yield apart
        (run_folder / BUNDLE_FILE).unlink(missing_ok=True)
        for path in sorted(apart.iterdir(), key=lambda path: path.name == BUNDLE_FILE):
            path.replace(run_folder / path.name)
    finally:
        shutil.rmtree(apart, ignore_errors=True)
