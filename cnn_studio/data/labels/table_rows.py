"""The rows of a table of others: CSV, TSV, a list of records, or an export of Label Studio."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from cnn_studio.errors import DatasetError, StudioError
from cnn_studio.untrusted_files import json_in
from cnn_studio.untrusted_text import text_of_cell
from cnn_studio.vision.images import IMAGE_SUFFIXES

Rows = list[dict[str, str]]

MOST_TABLE_BYTES = 64 << 20
_MOST_CELLS = 1 << 24  # 200,000 images with 40 properties each have 8 million
_SEPARATORS = ",;\t|"
_NO_TABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError, StopIteration)


def rows_in(data: bytes, name: str) -> Rows:
    """The rows of a table by the heads of its columns.

    Raises:
        DatasetError: It is no table.
    """
    if len(data) > MOST_TABLE_BYTES:
        raise DatasetError(f"A table has at most {MOST_TABLE_BYTES >> 20} MB: {name}.")
    text = _decoded(data)
    try:
        rows = _rows_of_json(text) if text.lstrip()[:1] in ("[", "{") else _rows_of_csv(text)
    except (StudioError, *_NO_TABLE, csv.Error) as error:
        raise DatasetError(f"It is no table of files and classes: {name}.") from error
    if not rows or len(rows[0]) < 2:
        raise DatasetError(f"A table needs a column of files and one of classes: {name}.")
    return rows


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # as spreadsheets on Windows save it


def _rows_of_csv(text: str) -> Rows:
    head = next(line for line in text.splitlines() if line.strip())
    separator = max(_SEPARATORS, key=head.count)
    if not head.count(separator):
        separator = " "
    lines = io.StringIO(text, newline="")  # a cell in quotes may have several
    read = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    cells = [row for row in read if any(cell.strip() for cell in row)]
    width = len(cells[0])
    _check_cells(len(cells), width)
    padded = (row + [""] * (width - len(row)) for row in cells)
    whole = [[text_of_cell(cell.strip()) for cell in row] for row in padded if len(row) == width]
    if len(whole) < len(cells) / 2:
        raise ValueError("its rows differ in length")
    heads = whole[0]
    # A first row that names an image is no head.
    has_head = len(set(heads)) == width and not any(
        PurePosixPath(cell.lower()).suffix in IMAGE_SUFFIXES for cell in heads
    )
    if not has_head:
        heads = [f"column {number}" for number in range(1, width + 1)]
    body = whole[1:] if has_head else whole
    heads = [head or f"column {number}" for number, head in enumerate(heads, 1)]
    return [dict(zip(heads, row, strict=True)) for row in body]


def _rows_of_json(text: str) -> Rows:
    """The rows of Label Studio's JSON, full or small, or of any list of records."""
    tasks = json_in(text, "the table")
    records = (
        tasks if isinstance(tasks, list) else next(v for v in tasks.values() if isinstance(v, list))
    )
    rows = [
        _of_task(task) if "data" in task else task for task in records if isinstance(task, Mapping)
    ]
    heads = list(dict.fromkeys(head for row in rows for head in row))
    _check_cells(len(rows), len(heads))
    return [{head: _cell(row.get(head, "")) for head in heads} for row in rows]


def _check_cells(rows: int, columns: int) -> None:
    """Refuse a table of many short rows that one long row makes a hundred thousand cells wide."""
    if rows * columns > _MOST_CELLS:
        raise ValueError(f"{rows:,} rows of {columns:,} columns are too many")


def _of_task(task: Mapping[str, Any]) -> dict[str, Any]:
    """A task of Label Studio: what it shows, and the choices of its last annotation."""
    choices: list[str] = []
    for annotation in task.get("annotations") or task.get("completions") or []:
        if annotation.get("was_cancelled"):
            continue
        given = [
            str(choice)
            for result in annotation.get("result", [])
            for choice in result.get("value", {}).get("choices", [])
        ]
        choices = given or choices
    shown = {head: value for head, value in task["data"].items() if isinstance(value, str)}
    return {
        **shown,
        "choice": json.dumps({"choices": choices}) if len(choices) > 1 else "".join(choices),
    }


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)
