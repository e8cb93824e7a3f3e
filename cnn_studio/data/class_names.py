"""What a class may be called: its name is also the name of a folder, on every system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_text import shown

MAX_LENGTH = 64
MAX_BYTES = 240
"""Below what every file system takes for the name of a folder: 64 emoji are more."""

_BETWEEN_NAMES = re.compile("[,;\n\r\u2028\u2029]")
_DIGITS = re.compile(r"(\d{1,18})", re.ASCII)
_NOT_IN_A_NAME = frozenset('/\\:*?"<>|')
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{device}{digit}" for device in ("com", "lpt") for digit in "123456789¹²³"}
)
_CARD_NAME = "card.toml"
_TAKEN = frozenset({"__macosx", "thumbs.db", "desktop.ini", _CARD_NAME})
"""What systems put beside a person's files, and the studio's own: no image in them is looked at."""


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
            f"A class's name has at most {MAX_LENGTH} characters; this one has {len(stripped)}."
        )
    if len(stripped.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise DatasetError(
            f"A class's name has at most {MAX_BYTES} bytes, as a folder's; this one has "
            f"more: {stripped}."
        )
    wrong = next((c for c in stripped if c in _NOT_IN_A_NAME or not c.isprintable()), None)
    if wrong is not None:
        raise DatasetError(
            f"A class's name cannot contain '{shown(wrong)}' as in {shown(stripped)}."
        )
    if stripped.startswith(".") or stripped.endswith("."):
        raise DatasetError(f"A class's name cannot begin or end with a dot as {stripped} does.")
    if is_reserved(stripped):
        raise DatasetError(f"Windows keeps this name for itself: {stripped}. Choose another one.")
    if folded(stripped) in _TAKEN:
        raise DatasetError(f"A class cannot be called like this file: {stripped}.")
    clash = next((other for other in existing if is_same_name(other, stripped)), None)
    if clash is not None:
        raise DatasetError(f"There is a class of that name already: {clash}.")
    return stripped


def class_names_in(text: str) -> tuple[str, ...]:
    """The names in a text as a person types them: apart by commas, semicolons or new lines."""
    return tuple(name for name in map(str.strip, _BETWEEN_NAMES.split(text)) if name)


def check_class_names(names: Iterable[str]) -> tuple[str, ...]:
    """Check that the classes of a new dataset may have these names; see `check_class_name`.

    Raises:
        DatasetError: One cannot be used, or would be the same folder as another one.
    """
    checked: dict[str, str] = {}
    for entry in names:
        name = check_class_name(entry, ())
        other = checked.get(folded(name))
        if other is not None:
            if name == other:
                raise DatasetError(f"The class {name} is named twice.")
            raise DatasetError(f"{other} and {name} would be the same folder on most systems.")
        checked[folded(name)] = name
    return tuple(checked.values())


def class_meant(name: str, classes: Iterable[str]) -> str:
    """The class of that name, be it in upper or lower case; else the name for a new one.

    Args:
        name: As it was typed.
        classes: The names of the classes that there are.

    Raises:
        DatasetError: There is no such class, and none can be called so.
    """
    return ClassNaming(classes).meant(name)


class ClassNaming:
    """What classes are called where many names are looked up; each takes the same time.

    Args:
        classes: The names of the classes that there are.
    """

    def __init__(self, classes: Iterable[str] = ()) -> None:
        self._names = dict.fromkeys(classes)
        self._by_folded: dict[str, str] = {}
        for name in self._names:
            self._by_folded.setdefault(folded(name), name)

    def meant(self, name: str) -> str:
        """The class of that name; else the name for a new one, which is one of them from now on.

        Raises:
            DatasetError: There is no such class, and none can be called so.
        """
        if name in self._names:
            return name
        found = self._by_folded.get(folded(name.strip()))
        return self.new(name) if found is None else found

    def new(self, name: str) -> str:
        """The name for a new class, which is one of them from now on; see `check_class_name`.

        Raises:
            DatasetError: No class can be called so, or one is.
        """
        checked = check_class_name(name, ())
        clash = self._by_folded.get(folded(checked))
        if clash is not None:
            raise DatasetError(f"There is a class of that name already: {clash}.")
        self._names[checked] = None
        self._by_folded[folded(checked)] = checked
        return checked


def is_folder_name(name: str) -> bool:
    """Whether a folder within the dataset can have this name, which may come from elsewhere."""
    is_the_cards = name.casefold() == _CARD_NAME
    return bool(name) and not (is_the_cards or name.startswith(".") or set(name) & set("/\\\0"))


def is_reserved(name: str) -> bool:
    """Whether Windows takes a name for a device, whatever follows after a dot."""
    return name.partition(".")[0].rstrip().casefold() in _RESERVED


def is_same_name(one: str, other: str) -> bool:
    """Whether two names would be one folder on a system that ignores case."""
    return folded(one) == folded(other)


def in_order(names: Iterable[str]) -> list[str]:
    """Names as people list them: by the alphabet whatever their case, and 2 before 10."""
    return sorted(names, key=order_of)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "cap", "cap and shoe" or "cap, shoe and pen"; "" of none."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def order_of(name: str) -> tuple[list[str | int], str]:
    """What to sort a name by; see `in_order`."""
    pieces = _DIGITS.split(name.casefold())  # text and digits in turn, so that like meets like
    return [int(piece) if place % 2 else piece for place, piece in enumerate(pieces)], name


@lru_cache(maxsize=32_768)
def folded(name: str) -> str:
    """A name as systems compare it that ignore case, and how letters are composed."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
