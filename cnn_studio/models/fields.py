"""Reading a JSON object that may come from anywhere, field by field."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError

Part = TypeVar("Part")
_LONGEST_SHOWN = 40
_LARGEST = (1 << 63) - 1  # of whole numbers: no float and no widget holds one of 400 digits
_HALF = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # others are bytes of a name, see PEP 383


class Fields:
    """The fields of one JSON object, each checked as it is taken.

    Args:
        values: What the JSON parser gave.
        where: What to call the object in an error, such as "studio.json".

    Raises:
        ModelError: The JSON is no object; from the methods: a field is missing or of another kind.
    """

    def __init__(self, values: object, where: str) -> None:
        if not isinstance(values, Mapping):
            raise ModelError(f"{where} must be a JSON object, not {_shown(values)}.")
        self._values = values
        self._where = where

    def has(self, key: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(key) is not None

    def text(self, key: str) -> str:
        """A text; bytes of a folder's name that are none in UTF-8 are as Python keeps them."""
        value = self._values.get(key)
        if not _is_text(value):
            raise self._refused(key, "a text", value)
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        items = self.items(key)
        if not all(map(_is_text, items)):
            raise self._refused(key, "a list of texts", items)
        return tuple(items)

    def whole(self, key: str) -> int:
        """A whole number, 0 or more."""
        value = self._values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
            raise self._refused(key, "a whole number, 0 or more", value)
        return value

    def number(self, key: str) -> float:
        """A finite number."""
        value = self._values.get(key)
        if (
            not isinstance(value, int | float)
            or isinstance(value, bool)
            or (isinstance(value, int) and abs(value) > _LARGEST)
            or not math.isfinite(value)
        ):
            raise self._refused(key, "a number", value)
        return float(value)

    def share(self, key: str) -> float:
        """A number from 0 to 1."""
        value = self.number(key)
        if not 0 <= value <= 1:
            raise self._refused(key, "a number from 0 to 1", value)
        return value

    def optional_number(self, key: str) -> float | None:
        """A finite number, or None where the field is missing or null."""
        return self.number(key) if self.has(key) else None

    def rising_pair(self, key: str, limit: float) -> tuple[float, float]:
        """Two numbers that rise, both from -limit to limit."""
        items = self.items(key)
        if len(items) == 2:
            low, high = (Fields({key: item}, self._where).number(key) for item in items)
            if -limit <= low < high <= limit:
                return low, high
        raise self._refused(key, f"two numbers that rise, within ±{limit:,}", items)

    def floats(self, key: str) -> NDArray[np.float32]:
        """Finite numbers as `floats_as_text` writes them, (n,), float32."""
        try:
            content = base64.b64decode(self.text(key), validate=True)
            numbers = np.frombuffer(content, "<f4").astype(np.float32)
        except ValueError as error:
            raise ModelError(f"{self._where}: {key!r} must be float32 in base64.") from error
        if not np.isfinite(numbers).all():
            raise ModelError(f"{self._where}: {key!r} must be finite numbers.")
        return numbers

    def moment(self, key: str) -> datetime:
        """A date and time; UTC where no zone is named."""
        text = self.text(key)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise self._refused(key, "a date and time", text) from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def part(self, key: str, read: Callable[[object, str], Part]) -> Part | None:
        """What `read` makes of an object, told where it stands; None if missing or null."""
        return read(self.mapping(key), f"{self._where}, {key}") if self.has(key) else None

    def value(self, key: str) -> object:
        """Whatever stands there, None if nothing does; for what is read elsewhere."""
        return self._values.get(key)

    def items(self, key: str) -> Sequence[Any]:
        """A list of anything."""
        value = self._values.get(key)
        if not isinstance(value, list | tuple):
            raise self._refused(key, "a list", value)
        return value

    def mapping(self, key: str) -> dict[str, Any]:
        """An object whose fields the caller reads."""
        value = self._values.get(key)
        if not isinstance(value, Mapping):
            raise self._refused(key, "an object", value)
        return dict(value)

    def _refused(self, key: str, expected: str, value: object) -> ModelError:
        if value is None:
            return ModelError(f"{self._where} lacks {key!r}: {expected}.")
        return ModelError(f"{self._where}: {key!r} must be {expected}, not {_shown(value)}.")


def floats_as_text(numbers: NDArray[np.float32]) -> str:
    """Numbers as a text for JSON: float32, the lowest byte first, in base64."""
    return base64.b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode("ascii")


def _is_text(value: object) -> bool:
    # JSON can name half of a character that takes two, which no file and no screen has.
    return isinstance(value, str) and not _HALF.search(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
