"""What a class may be called: its name is also the name of a folder, on every system."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from cnn_studio.errors import DatasetError

MAX_LENGTH = 64
_NOT_IN_A_NAME = frozenset('/\\:*?"<>|')
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"{device}{digit}" for device in ("com", "lpt") for digit in "123456789¹²³"}
)


def check_class_name(name: str, existing: Iterable[str]) -> str:
    """Check that a class may have this name.

    Args:
        name: As it was typed.
        existing: The names of the other classes.

    Returns:
        The name without space around it, its letters composed (NFC), as files' names are best.

    Raises:
        DatasetError: The name is empty or too long, could not be a folder's name on every system,
            or differs from an existing one in upper and lower case only.
    """
    stripped = unicodedata.normalize("NFC", name.strip())
    if not stripped:
        raise DatasetError("A class needs a name.")
    if len(stripped) > MAX_LENGTH:
        raise DatasetError(
            f"A class's name has at most {MAX_LENGTH} characters. Received: {len(stripped)}."
        )
    wrong = next((c for c in stripped if c in _NOT_IN_A_NAME or not c.isprintable()), None)
    if wrong is not None:
        raise DatasetError(f"A class's name cannot contain {wrong!r}. Received: {stripped!r}.")
    if stripped.startswith(".") or stripped.endswith("."):
        raise DatasetError(f"A class's name cannot begin or end with a dot. Received: {stripped}.")
    if stripped.partition(".")[0].rstrip().casefold() in _RESERVED:
        raise DatasetError(f"Windows keeps this name for itself: {stripped}. Choose another one.")
    clash = next((other for other in existing if is_same_name(other, stripped)), None)
    if clash is not None:
        raise DatasetError(f"There is a class of that name already: {clash}.")
    return stripped


def is_folder_name(name: str) -> bool:
    """Whether a folder within the dataset can have this name, which may come from elsewhere."""
    return bool(name) and not name.startswith(".") and not set(name) & set("/\\\0")


def is_same_name(one: str, other: str) -> bool:
    """Whether two names would be one folder on a system that ignores case."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
