"""Entries of the table of files that need no model."""

from __future__ import annotations

from pathlib import Path

from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.model.run_choice import UsedModel
from cnn_studio.models.unknown import ACCEPT
from cnn_studio.prediction.batch import FilePrediction
from tests.prediction.answers import answer


def entry_of(given: FilePrediction) -> FileEntry:
    """The entry of an answer."""
    return FileEntry.of(given, UsedModel(Path("run")), ACCEPT)


def bad_entry(name: str) -> FileEntry:
    """The entry of a file that cannot be read."""
    return entry_of(answer(Path(name), error=f"The file is empty: {name}."))
