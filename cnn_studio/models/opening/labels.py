"""Class names in a text file beside a model, as Teachable Machine and many others write them."""

from __future__ import annotations

import re

from cnn_studio.errors import ModelError
from cnn_studio.models.description import LABELS_FILE

MAX_LABELS = 10_000
_NUMBERED = re.compile(r"(\d+)[ \t:,]+(?=\S)")


def read_labels(data: bytes) -> tuple[str, ...]:
    """The class names in a file with one a line, "shoe" or "0 shoe".

    Numbers count as numbers only if every line has one, in order from 0.

    Raises:
        ModelError: It is no text, or has more names than any model has classes.
    """
    try:
        lines = [line.strip() for line in data.decode("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise ModelError(f"{LABELS_FILE} must be a text with one class a line.") from error
    if len(lines) > MAX_LABELS:
        raise ModelError(f"{LABELS_FILE} may have up to {MAX_LABELS:,} lines.")
    found = [_NUMBERED.match(line) for line in lines]
    if all(match and match[1] == str(place) for place, match in enumerate(found)):
        return tuple(line[match.end() :] for line, match in zip(lines, found, strict=True) if match)
    return tuple(lines)
