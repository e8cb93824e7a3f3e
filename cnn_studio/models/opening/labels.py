"""Class names in a text inside or beside a model, in the forms that people have them."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cnn_studio.errors import ModelError, StudioError
from cnn_studio.models.description import LABELS_FILE
from cnn_studio.untrusted_files import json_in

MAX_LABELS = 10_000
MAX_LABEL_BYTES = 2 << 20
LABEL_SUFFIXES = frozenset({".txt", ".csv", ".names", ".json"})
INSIDE = "the file itself"
BACKGROUND = "background"
IMAGENET_OUTPUTS = 1_001
"""ImageNet's 1,000 classes with a background before them, as TensorFlow's networks have it."""

_NUMBERED = re.compile(r"(\d+)([ \t:,;=]+)(?=\S)")
_SYNSET = re.compile(r"n\d{8}\s+(?=\S)")
# Each part is bounded, so that no text takes a time that grows with its square.
_TEXT = r"""(?:'((?:[^'\\\n]|\\.){0,200})'|"((?:[^"\\\n]|\\.){0,200})")"""
_PAIR = re.compile(rf"(?<!\d)(\d{{1,6}})\s{{0,8}}:\s{{0,8}}{_TEXT}")
_QUOTED = re.compile(_TEXT)
_LONGEST_PYTHON = 400_000
_NUMBER_HEADINGS = frozenset(
    {"", "id", "index", "idx", "class_id", "classid", "label_id", "number"}
)
_NAME_HEADINGS = frozenset({"name", "label", "class", "class_name", "classname", "label_name"})
_NAME_KEYS = ("names", "id2label", "labels", "classes", "class_names", "label_names", "categories")
_NO_BACKGROUND = frozenset({BACKGROUND, "_background_", "__background__", "dummy", "???"})
_OTHER_TEXTS = ("readme", "license", "licence", "notice", "requirements", "changelog", "copying")


@dataclass(frozen=True)
class Labels:
    """Class names as they were found.

    Attributes:
        source: Where: the name of the file, or `INSIDE`.
        names: In order.
        is_models_own: Whether the file is called after the model.
    """

    source: str
    names: tuple[str, ...]
    is_models_own: bool = False


@dataclass(frozen=True)
class FittedLabels:
    """Class names for a network's outputs.

    Attributes:
        names: One for each class, all different.
        source: Where they were found.
        background: The one that means none of the others; empty if there is none.
        note: What was done to make them fit, in a sentence; empty if nothing was.
    """

    names: tuple[str, ...]
    source: str
    background: str = ""
    note: str = ""


def read_labels(data: bytes, name: str = LABELS_FILE) -> tuple[str, ...]:
    """The class names in a text with one a line, "shoe" or "0 shoe", or in a form like that.

    Numbers count as numbers only if every line has one, from 0 without a gap, or from 1 where more
    than a space follows them ("1 euro" is a name); then they are the order. Tables with a column of
    names, Python's and JSON's lists and tables by number, and WordNet's numbers before a name are
    read as well.

    Args:
        data: The text.
        name: What the file is called.

    Raises:
        ModelError: It is no text, or has more names than any model has classes.
    """
    text = _decoded(data)
    if text is None:
        raise ModelError(f"{name} must be a text with one class a line.")
    if name.lower().endswith(".json"):
        return names_among(_parsed(text))
    found = _of_python(text) if text.lstrip().startswith(("{", "[")) else ()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not found and len(lines) > MAX_LABELS:
        raise ModelError(f"{name} may have up to {MAX_LABELS:,} lines.")
    if not found and name.lower().endswith(".csv"):
        found = _of_table(lines)
    return found or _without_synsets(_without_numbers(_without_heading(lines)))


def _decoded(data: bytes) -> str | None:
    """A text in Unicode, or as Windows' own programs write it; None where it is no text."""
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        return text if all(map(_is_of_text, set(text))) else None
    return None


def _is_of_text(letter: str) -> bool:
    return letter in "\t\n\r\f" or unicodedata.category(letter) not in ("Cc", "Cn", "Co", "Cs")


def names_among(values: object) -> tuple[str, ...]:
    """The class names in what a JSON file or an entry of metadata holds; empty if it has none."""
    if isinstance(values, str):
        return _of_text(values)
    if isinstance(values, list):
        texts = [str(v.get("name", "")) if isinstance(v, Mapping) else v for v in values]
        is_list = bool(texts) and all(isinstance(v, str) and v for v in texts)
        return tuple(map(str, texts))[:MAX_LABELS] if is_list else ()
    if not isinstance(values, Mapping):
        return ()
    for key in _NAME_KEYS:
        if key in values:
            found = names_among(values[key])
            if found:
                return found
    return _by_number(values)


def fitted(found: Sequence[Labels], outputs: int) -> FittedLabels:
    """Those of the names that fit a network's outputs; the first come first.

    Args:
        found: What was found, the surest first.
        outputs: How many classes the network tells apart.

    Raises:
        ModelError: None fit, or two texts fit that say different things.
    """
    fits = [(labels, fit) for labels in found if (fit := _fit(labels, outputs)) is not None]
    if not fits:
        raise ModelError(_none_sentence(found, outputs))
    fits.sort(key=lambda pair: _doubt_of(pair[0]))
    labels, fit = fits[0]
    alike = [pair for pair in fits[1:] if 0 < _doubt_of(labels) == _doubt_of(pair[0])]
    other = next((other for other, one in alike if one.names != fit.names), None)
    if other is not None:
        raise ModelError(
            f"Both {labels.source} and {other.source} have {outputs} names. Call the right one "
            f"{LABELS_FILE}."
        )
    return fit


def _doubt_of(labels: Labels) -> int:
    """0 for what nothing else beside the model can outdo, then what is named for class names."""
    if labels.is_models_own or labels.source in (INSIDE, LABELS_FILE):
        return 0
    return 1 if is_named_for_labels(labels.source) else 2


def is_named_for_labels(source: str) -> bool:
    """Whether a text is called as one with class names, or is inside the model."""
    stem = PurePosixPath(source).stem.lower()
    return source == INSIDE or any(w in stem for w in ("label", "class", "names", "synset"))


def may_have_labels(name: str) -> bool:
    """Whether a file beside a model may hold its class names, by its name."""
    path = PurePosixPath(name.lower())
    is_other = any(path.stem.startswith(word) for word in _OTHER_TEXTS)
    if path.suffix == ".json":
        return is_named_for_labels(name) or path.stem in ("config", "metadata", "id2label")
    return path.suffix in LABEL_SUFFIXES and not is_other


def _fit(labels: Labels, outputs: int) -> FittedLabels | None:
    names, note = labels.names, ""
    first = names[0].strip().lower() if names else ""
    if len(names) == outputs - 1 and outputs == IMAGENET_OUTPUTS:
        names = (BACKGROUND, *names)
        note = f"Its first output of {outputs:,} is taken as the background, which has no name."
    elif len(names) == outputs + 1 and first in _NO_BACKGROUND:
        names = names[1:]
        note = f"The name {first!r} is left out: the network has no output for it."
    if len(names) != outputs:
        return None
    has_background = names[0].strip().lower() in _NO_BACKGROUND and outputs > 2
    names, doubled = _distinct(names)
    if doubled:
        note = f"{note} {doubled}".strip()
    return FittedLabels(names, labels.source, names[0] if has_background else "", note)


def _distinct(names: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Names that are all different, and what was done for it."""
    counts, seen = Counter(names), Counter[str]()
    found: list[str] = []
    for name in names:
        seen[name] += 1
        new = name if seen[name] == 1 else f"{name} ({seen[name]})"
        while seen[name] > 1 and new in counts:
            new += "'"
        found.append(new)
    doubled = [name for name, count in counts.items() if count > 1]
    if not doubled:
        return tuple(found), ""
    return tuple(found), f"Classes of one name are numbered: {', '.join(doubled[:3])[:100]}."


def _none_sentence(found: Sequence[Labels], outputs: int) -> str:
    if not found:
        have = f"{outputs} classes and no {LABELS_FILE} beside it"
    else:
        where = ", ".join(f"{len(labels.names)} names in {labels.source}" for labels in found[:3])
        beside = f"{len(found[0].names)} names beside it"
        have = f"{outputs} classes and {beside} ({where})"
    return f"It has {have}. Put a text {LABELS_FILE} with one class a line beside the model."


def _without_numbers(lines: list[str]) -> list[str]:
    found = [match for line in lines if (match := _NUMBERED.match(line))]
    numbers = [int(match[1][:9]) for match in found]
    if len(numbers) != len(lines) or not lines:
        return lines
    begin = min(numbers)
    if begin == 1 and any(not match[2].strip(" ") for match in found):
        return lines
    rest = [line[match.end() :].strip() for line, match in zip(lines, found, strict=True)]
    if begin > 1 or sorted(numbers) != list(range(begin, begin + len(lines))):
        return lines
    return [name for _number, name in sorted(zip(numbers, rest, strict=True), key=_first)]


def _first(pair: tuple[int, str]) -> int:
    return pair[0]


def _without_synsets(lines: list[str]) -> tuple[str, ...]:
    found = [_SYNSET.match(line) for line in lines]
    if lines and all(found):
        return tuple(line[match.end() :] for line, match in zip(lines, found, strict=True) if match)
    return tuple(lines)


def _without_heading(lines: list[str]) -> list[str]:
    """A table of two columns without its heading, in whichever order they are."""
    if len(lines) < 3 or not re.search(r"[,;\t]", lines[0]):
        return lines
    heading = {part.strip().strip('"').lower() for part in re.split(r"[,;\t]", lines[0])}
    is_heading = bool(heading & _NAME_HEADINGS) and heading <= _NAME_HEADINGS | _NUMBER_HEADINGS
    return list(_of_table(lines)) if is_heading else lines


def _of_table(lines: list[str]) -> tuple[str, ...]:
    """The names in a table with a column of numbers or none; empty if it is none."""
    delimiter = max(",;\t", key=lambda sign: sum(sign in line for line in lines))
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return ()
    width = len(rows[0]) if rows else 0
    if width not in (1, 2, 3) or any(len(row) != width for row in rows):
        return ()
    heading = [cell.lower() for cell in rows[0]]
    known = [place for place, cell in enumerate(heading) if cell in _NAME_HEADINGS]
    if known and not all(cell.isdecimal() for cell in heading[:1]):
        rows = rows[1:]
    name_at = (
        known[-1] if known else next((p for p in range(width) if not rows[0][p].isdecimal()), 0)
    )
    number_at = next((p for p in range(width) if all(row[p].isdecimal() for row in rows)), None)
    if number_at is not None and number_at != name_at:
        rows.sort(key=lambda row: int(row[number_at][:9]))
    return tuple(row[name_at] for row in rows)


def _parsed(text: str) -> Any:
    try:
        return json_in(text, "the names")
    except StudioError:
        return None


def _of_text(text: str) -> tuple[str, ...]:
    """A list as metadata have it: of JSON, of Python, with commas or one a line."""
    if len(text) > MAX_LABEL_BYTES:
        return ()
    parsed = _parsed(text)
    if isinstance(parsed, list | Mapping):
        return names_among(parsed)
    found = _of_python(text) if text.lstrip().startswith(("{", "[")) else ()
    if found:
        return found
    parts = text.splitlines() if "\n" in text.strip() else text.split(",")
    names = tuple(part.strip() for part in parts if part.strip())
    return names[:MAX_LABELS] if len(names) > 1 else ()


def _of_python(text: str) -> tuple[str, ...]:
    """`{0: 'tench', 1: …}` or `['tench', …]`, read as text and never run."""
    parsed = _parsed(text)
    if isinstance(parsed, list | Mapping):
        return names_among(parsed)
    text = text[:_LONGEST_PYTHON]
    if text.lstrip().startswith("{"):
        return _by_number({key: one or other for key, one, other in _PAIR.findall(text)})
    return tuple(one or other for one, other in _QUOTED.findall(text))[:MAX_LABELS]


def _by_number(values: Mapping[Any, Any]) -> tuple[str, ...]:
    """`{"0": "tench"}`, `{"tench": 0}` or `{"0": ["n01440764", "tench"]}` in order."""
    pairs: list[tuple[int, str]] = []
    for key, value in list(values.items())[: MAX_LABELS + 1]:
        if isinstance(value, list) and value:
            value = value[-1]
        if str(key).isdecimal() and isinstance(value, str):
            pairs.append((int(str(key)[:9]), value))
        elif isinstance(value, int) and not isinstance(value, bool):
            pairs.append((value, str(key)))
        else:
            return ()
    numbers = sorted(number for number, _name in pairs)
    first = numbers[0] if numbers else 0
    if len(pairs) > MAX_LABELS or first not in (0, 1):
        return ()
    if numbers != list(range(first, first + len(numbers))):
        return ()
    return tuple(name for _number, name in sorted(pairs, key=_first))


def labels_of(sources: Iterable[tuple[str, bytes]]) -> tuple[Labels, ...]:
    """What can be read as class names; what cannot is passed over unless it is named for them.

    Raises:
        ModelError: A text that is named for class names is none.
    """
    found: list[Labels] = []
    for name, data in sources:
        try:
            names = read_labels(data, name)
        except ModelError:
            if name == LABELS_FILE:
                raise
            continue
        if names:
            found.append(Labels(name, names))
    return tuple(found)
