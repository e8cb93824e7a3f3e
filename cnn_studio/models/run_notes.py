"""notes.json: what a person says of a run. It stands beside the model and changes nothing in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cnn_studio.errors import NOT_UNDERSTOOD, ModelError, StudioError
from cnn_studio.untrusted_files import read_json
from cnn_studio.whole_files import write_atomically

NOTES_FILE = "notes.json"
MAX_TITLE = 80
MAX_NOTE = 4000
MAX_NOTES_BYTES = 1 << 20


@dataclass(frozen=True)
class RunNotes:
    """What a person says of a run.

    Attributes:
        title: What it is called, up to 80 letters in one line; "" for none.
        note: Anything worth remembering, up to 4,000 letters.
        starred: Whether it shall be found again quickly.

    Raises:
        ModelError: The title or the note is too long, or the title has several lines.
    """

    title: str = ""
    note: str = ""
    starred: bool = False

    def __post_init__(self) -> None:
        if len(self.title) > MAX_TITLE or len(self.title.splitlines()) > 1:
            raise ModelError(
                f"A title must be one line of up to {MAX_TITLE} letters, "
                f"not {self.title[:MAX_TITLE]!r}."
            )
        if len(self.note) > MAX_NOTE:
            raise ModelError(
                f"A note must have up to {MAX_NOTE:,} letters, not {len(self.note):,}."
            )


def read_notes(folder: Path) -> RunNotes:
    """The notes on a run; empty ones where there are none, or none that can be read."""
    try:
        values: Any = read_json(folder / NOTES_FILE, MAX_NOTES_BYTES)
        return RunNotes(
            title=str(values.get("title", "")),
            note=str(values.get("note", "")),
            starred=values.get("starred") is True,
        )
    except (StudioError, *NOT_UNDERSTOOD):
        return RunNotes()  # a run is listed, whatever somebody has written there


def write_notes(folder: Path, notes: RunNotes) -> None:
    """Write the notes on a run, whole or not at all.

    Raises:
        ModelError: They cannot be written.
    """
    text = json.dumps(asdict(notes), indent=2, ensure_ascii=False)
    try:
        write_atomically(folder / NOTES_FILE, text.encode("utf-8"))
    except OSError as error:
        raise ModelError(
            f"The notes on {folder.name} cannot be written ({error.strerror or error})."
        ) from error
