"""The history of the last minutes as a file: a table or JSON, chosen by the file's ending."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cnn_studio.errors import UsageError
from cnn_studio.prediction.history import Entry
from cnn_studio.untrusted_text import plain_values, spreadsheet_cell
from cnn_studio.whole_files import write_atomically

_SCHEMA = 1
_COLUMNS = (
    "time",
    "class",
    "probability",
    "unknown",
    "score",
    "milliseconds",
    "changing",
    "model",
)
_YES_OR_NO = ("unknown", "changing")


def write_history(entries: Sequence[Entry], path: Path) -> None:
    """Write entries to a file, whole or not at all.

    Args:
        entries: The oldest first.
        path: Its ending says what is written: .csv or .json.

    Raises:
        UsageError: The file has another ending.
        OSError: It cannot be written; an old file stays.
    """
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise UsageError(
            f"The history is written as .csv or .json, not as {path.name or 'no name'}."
        )
    write_atomically(path, form(entries).encode("utf-8"))


def _csv(entries: Sequence[Entry]) -> str:
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, _COLUMNS)
    table.writeheader()
    for entry in entries:
        row = _row(entry)
        words = {column: "true" if row[column] else "false" for column in _YES_OR_NO}
        cells = {
            column: spreadsheet_cell(value) if isinstance(value, str) else value
            for column, value in row.items()
        }
        table.writerow({**cells, **words})
    return text.getvalue()


def _json(entries: Sequence[Entry]) -> str:
    content = {"schema": _SCHEMA, "entries": [_row(entry) for entry in entries]}
    return json.dumps(plain_values(content), ensure_ascii=False, indent=1) + "\n"


def _row(entry: Entry) -> dict[str, object]:
    values = (
        entry.time_iso,
        entry.class_name,
        round(entry.probability, 4),
        entry.unknown,
        None if entry.score is None else round(entry.score, 4),
        round(entry.took_ms, 2),
        entry.changing,
        entry.model,
    )
    return dict(zip(_COLUMNS, values, strict=True))


_FORMS: Mapping[str, Callable[[Sequence[Entry]], str]] = {".csv": _csv, ".json": _json}
