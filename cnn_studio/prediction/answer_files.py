"""Answers as files for other programs: CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from cnn_studio.errors import ImageError
from cnn_studio.prediction.batch import FilePrediction
from cnn_studio.untrusted_text import plain_values, spreadsheet_cell, unicode_text
from cnn_studio.whole_files import write_atomically

Look = Callable[[int], bool]


def _look_away(_done: int) -> bool:
    return True


_FIELDS = (
    "path",
    "time_s",
    "class",
    "probability",
    "unknown",
    "score",
    "true_class",
    "learned_from",
)


def values_of(answer: FilePrediction, top: int) -> dict[str, Any]:
    """One answer as plain values for JSON.

    Args:
        answer: What the model says, or why it cannot.
        top: How many classes to name.
    """
    values: dict[str, Any] = {"path": str(answer.path)}
    if answer.picture.time_s is not None:
        values["time_s"] = answer.picture.time_s
    if answer.prediction is None:
        return {**values, "error": answer.error}
    ranked = answer.prediction.ranked[:top]
    name, probability = ranked[0]
    values |= {
        "class": name,
        "probability": probability,
        "top": [list(pair) for pair in ranked],
        "unknown": answer.prediction.unknown,
        "score": answer.prediction.score,
    }
    if answer.true_class is not None:
        values["true_class"] = answer.true_class
        values["learned_from"] = answer.is_learned
    return values


def write_answers_as_csv(
    path: Path, answers: Sequence[FilePrediction], top: int, look: Look = _look_away
) -> bool:
    """Write a table with a line for each picture, whole or not at all.

    Args:
        path: Where to.
        answers: What the model says.
        top: How many classes to name; each after the first has two columns of its own.
        look: Called with how many lines are made; once it says False, nothing is written.

    Returns:
        Whether it was written.

    Raises:
        ImageError: The file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    further = range(2, top + 1)
    others = [f"{what}_{place}" for place in further for what in ("class", "probability")]
    writer.writerow([*_FIELDS, *others, "error"])
    for done, answer in enumerate(answers):
        if not look(done):
            return False
        values = values_of(answer, top)
        told = list(values.get("top", [])[1:])
        told += [["", ""]] * (len(further) - len(told))
        row = [_cell(values.get(field)) for field in _FIELDS]
        flat = [_cell(value) for pair in told for value in pair]
        writer.writerow([*row, *flat, _cell(values.get("error"))])
    _write(path, text.getvalue())
    return True


def write_answers_as_json(
    path: Path, answers: Iterable[FilePrediction], top: int, look: Look = _look_away
) -> bool:
    """Write a list with an object for each picture, whole or not at all; see `values_of`.

    Args:
        path, answers, top, look: See `write_answers_as_csv`.

    Returns:
        Whether it was written.

    Raises:
        ImageError: The file cannot be written.
    """
    lines = []
    for done, answer in enumerate(answers):
        if not look(done):
            return False
        lines.append(json.dumps(plain_values(values_of(answer, top))))
    _write(path, "[\n{}\n]\n".format(",\n".join(lines)))
    return True


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else spreadsheet_cell(str(value))


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, unicode_text(text).encode())
    except OSError as error:
        raise ImageError(f"{path} cannot be written ({error.strerror or error}).") from error
