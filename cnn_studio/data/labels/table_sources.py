"""Tables of file names and classes, as competitions and labelling programs hand them out.

CSV and TSV are read with any usual separator and encoding; a file may be called with or without its
folders and its ending, or by the path that it was uploaded to. The class stands in a column, or
each class has a column with a 1 in the rows of its images. Label Studio's exports are read as well.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from cnn_studio.data.class_names import folded, in_order
from cnn_studio.data.incoming import Incoming, incoming_from_paths
from cnn_studio.data.labels.folder_words import part_of
from cnn_studio.data.labels.label_source import Found, GivenLabel, GivenPart, counted, listed
from cnn_studio.data.labels.table_rows import Rows, rows_in
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.vision.images import IMAGE_SUFFIXES

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".json"})
_MOST_TABLES = 20
_MOST_CLASSES = 2000
_LEAST_MATCHED = 0.5
_ONE_HOT = "(the column with a 1)"
_CLASS_HEADS = frozenset(
    {"label", "labels", "labelname", "class", "classes", "classname", "category", "categoryname"}
    | {"choice", "target", "species", "breed", "variety", "tag", "type", "kind", "diagnosis", "dx"}
    | {"articletype", "y", "name", "family", "genus"}
)
_PART_HEADS = frozenset({"split", "set", "subset", "part", "dataset", "usage", "fold", "partition"})
_UPLOAD_MARK = re.compile(r"^[0-9a-f]{8}-")  # Label Studio puts it before the name of an upload
_ZEROS, _ONES = frozenset({"0", "0.0", "false", ""}), frozenset({"1", "1.0", "true"})


@dataclass(frozen=True)
class TableColumns:
    """The columns that a person names; empty for those that fit."""

    file: str = ""
    classes: str = ""


ANY_COLUMNS = TableColumns()


@dataclass(frozen=True, eq=False)
class TableSource:
    """One column of one table, read as the classes of images.

    Attributes:
        path: The table.
        columns: The columns of files and of classes.
        found: The images.
        by_image: The labels by the places in `found`.
        rows_without: Names in the table that no image has.
    """

    path: Path
    columns: TableColumns
    found: Sequence[Found]
    by_image: Mapping[int, GivenLabel]
    rows_without: tuple[str, ...]

    is_by_file = True

    @property
    def name(self) -> str:
        """What the table is called."""
        return self.path.name

    @property
    def read_from(self) -> frozenset[Path]:
        return frozenset({self.path})

    @property
    def key(self) -> str:
        return f"table:{self.name}:{self.columns.file}:{self.columns.classes}"

    @property
    def options(self) -> str:
        return f'--table "{self.path}" --class-column "{self.columns.classes}"'

    @property
    def summary(self) -> str:
        count, names = self._outcome
        classes = counted(len(names), "class", "classes")
        where = f"{self.columns.classes} in {self.name}"
        return f"{where}: {listed(in_order(names), 3)} ({classes} of {counted(count, 'image')})"

    @property
    def notes(self) -> Sequence[str]:
        read = f"The classes stand in the column {self.columns.classes} of {self.name}"
        by = f", the files in {self.columns.file}"
        notes = [f"{read}{by}."]
        if self.rows_without:
            rows = counted(len(self.rows_without), "row names", "rows name")
            named = listed(self.rows_without, 3)
            notes.append(f"{self.name}: {rows} no image that is here: {named}.")
        without = len(self.found) - len(self.by_image)
        if without:
            images = counted(without, "image is left out", "images are left out")
            notes.append(f"{images}, which {self.name} does not name.")
        return notes

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self._outcome[1])

    def labelled(self) -> Iterator[tuple[Path, Incoming, GivenLabel]]:
        missing = GivenLabel("", problem=f"{self.name} has no row for it")
        for place, (root, entry) in enumerate(self.found):
            yield root, entry, self.by_image.get(place, missing)

    @cached_property
    def _outcome(self) -> tuple[int, list[str]]:
        sizes = Counter(label.class_name for label in self.by_image.values() if label.class_name)
        return sizes.total(), list(sizes)


def find_tables(texts: Sequence[Found], found: Sequence[Found]) -> list[TableSource]:
    """The tables among some files that name images, each with its likeliest column of classes.

    Args:
        texts: Files beside the images.
        found: The images.
    """
    names = _ImageNames(found)
    candidates = [entry for _root, entry in texts if entry.path.suffix.lower() in TABLE_SUFFIXES]
    sources = []
    for entry in candidates[:_MOST_TABLES]:
        with suppress(DatasetError, UsageError):
            sources += _sources_of(
                entry.path, rows_in(entry.read(), entry.path.name), names, ANY_COLUMNS
            )
    return sources


def read_table(
    path: Path, found: Sequence[Found], columns: TableColumns
) -> tuple[TableSource, ...]:
    """Read the table that a person has named.

    Args:
        path: A CSV, a TSV, or an export of Label Studio.
        found: The images.
        columns: Its columns.

    Raises:
        DatasetError: It cannot be read, or does not name the images.
        UsageError: It has no such column, or several could have the classes.
    """
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise DatasetError(f"Save the spreadsheet as CSV first: {path.name}.")
    (entry,) = incoming_from_paths([path])
    sources = _sources_of(path, rows_in(entry.read(), path.name), _ImageNames(found), columns)
    if len(sources) > 1:
        names = ", ".join(source.columns.classes for source in sources)
        raise UsageError(
            f"Several columns of {path.name} could have the classes: {names}. Name one with "
            "--class-column."
        )
    return tuple(sources)


class _ImageNames:
    """Finds images by what tables call them."""

    def __init__(self, found: Sequence[Found]) -> None:
        self.found = found
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, (_root, entry) in enumerate(found):
            inside = PurePosixPath(*entry.folders, entry.path.name)
            for name in _spellings(inside, entry.suffix):
                self._places[folded(name)].append(place)

    def place(self, cell: str) -> int | None:
        """The image that a cell names; None if none, or several are called so."""
        for name in _readings(cell):
            places = set(self._places.get(folded(name), ()))
            if len(places) == 1:
                return places.pop()
            if places:
                return None
        return None


def _spellings(inside: PurePosixPath, suffix: str) -> Iterator[str]:
    """What an image may be called: by the last of its folders or all, with and without ending."""
    parts = inside.parts
    for start in range(len(parts)):
        name = "/".join(parts[start:])
        yield name
        if suffix and name.lower().endswith(suffix):
            yield name[: -len(suffix)]


def _readings(cell: str) -> Iterator[str]:
    """What a cell may mean, the most exact first."""
    plain = cell.strip().replace("\\", "/")
    if "://" in plain or plain.startswith("/data/"):
        parts = urlsplit(plain)
        plain = parse_qs(parts.query).get("d", [unquote(parts.path)])[0]
    pieces = [piece for piece in plain.split("/") if piece not in ("", ".", "..")]
    if not pieces:
        return
    for start in range(len(pieces)):
        yield "/".join(pieces[start:])
    bare = _UPLOAD_MARK.sub("", pieces[-1])
    if bare != pieces[-1]:
        yield bare
    stem, _dot, ending = pieces[-1].rpartition(".")
    if stem and f".{ending.lower()}" in IMAGE_SUFFIXES:  # stored with another ending since
        yield stem


def _sources_of(
    path: Path, rows: Rows, names: _ImageNames, columns: TableColumns
) -> list[TableSource]:
    name, heads = path.name, list(rows[0])
    for wanted in filter(None, (columns.file, columns.classes)):
        if wanted not in heads:
            raise UsageError(
                f"{name} has no column {wanted}. It has: {', '.join(heads) or 'none'}."
            )
    file = columns.file or _file_column(rows, names)
    if file and names.place(file) is not None:  # its first row is one like the others
        rows, file = _without_head(rows, file)
    if not file:
        raise DatasetError(f"No column of {name} names the images. Name it with --file-column.")
    places = [names.place(row[file]) for row in rows]
    if not any(place is not None for place in places):
        raise DatasetError(f"The column {file} of {name} names none of the images.")
    one_hot = [] if columns.classes else _one_hot_columns(rows, file)
    if one_hot:
        labels = [next((h for h in one_hot if row[h].strip().lower() in _ONES), "") for row in rows]
        return [_source(path, TableColumns(file, _ONE_HOT), rows, labels, places, names)]
    chosen = [columns.classes] if columns.classes else _class_columns(rows, file)
    if not chosen:
        raise DatasetError(f"No column of {name} has classes. Name it with --class-column.")
    return [
        _source(path, TableColumns(file, head), rows, [row[head] for row in rows], places, names)
        for head in chosen
    ]


def _without_head(rows: Rows, file: str) -> tuple[Rows, str]:
    """The rows of a table whose first row is no head, with that row, and the column of files."""
    heads = {head: f"column {number}" for number, head in enumerate(rows[0], 1)}
    first = {head: head for head in rows[0]}
    return [{heads[h]: cell for h, cell in row.items()} for row in (first, *rows)], heads[file]


def _file_column(rows: Rows, names: _ImageNames) -> str:
    """The column that names most images; empty where none names enough of them."""
    sample = rows[:: max(1, len(rows) // 500)]
    matched = {
        head: sum(names.place(row[head]) is not None for row in sample)
        for head in (rows[0] if rows else ())
    }
    best = max(matched, key=lambda head: matched[head], default="")
    if not best or not matched[best]:
        return ""
    of_rows = matched[best] / len(sample)
    of_images = matched[best] / len(sample) * len(rows) / max(len(names.found), 1)
    return best if max(of_rows, of_images) >= _LEAST_MATCHED else ""


def _one_hot_columns(rows: Rows, file: str) -> list[str]:
    """The columns of which each row has a 1 in exactly one."""
    heads = [
        head
        for head in rows[0]
        if head != file and {row[head].strip().lower() for row in rows} <= _ZEROS | _ONES
    ]
    is_one = len(heads) > 1 and all(
        sum(row[head].strip().lower() in _ONES for head in heads) == 1 for row in rows
    )
    return heads if is_one else []


def _class_columns(rows: Rows, file: str) -> list[str]:
    """The columns that may have the classes; one, where its head or its cells leave no doubt."""
    possible = {}
    for head in rows[0]:
        values = {row[head].strip() for row in rows} - {""}
        is_part = _plain(head) in _PART_HEADS and all(part_of(value) for value in values)
        repeats = len(values) <= max(2, len(rows) // 2) and len(values) <= _MOST_CLASSES
        if head != file and values and repeats and not is_part and not _are_measures(values):
            possible[head] = values
    named = [head for head in possible if _plain(head) in _CLASS_HEADS]
    chosen = named or list(possible)
    return _without_numbers_of(chosen, rows) if len(chosen) > 1 else chosen


def _without_numbers_of(heads: list[str], rows: Rows) -> list[str]:
    """Without columns that only number what another one names: `label` beside `label_name`."""
    kept = []
    for head in heads:
        is_number = all(row[head].strip().lstrip("-").isdigit() for row in rows)
        says_the_same = any(
            len({(row[head], row[other]) for row in rows})
            == len({row[head] for row in rows})
            == len({row[other] for row in rows})
            for other in heads
            if other != head
        )
        if not (is_number and says_the_same):
            kept.append(head)
    return kept or heads


def _are_measures(values: Iterable[str]) -> bool:
    """Whether values are numbers with a fraction, as no class is called."""
    return all(re.fullmatch(r"-?\d*[.]\d+(?:e-?\d+)?", value.lower()) for value in values)


def _source(
    path: Path,
    columns: TableColumns,
    rows: Rows,
    labels: Sequence[str],
    places: Sequence[int | None],
    names: _ImageNames,
) -> TableSource:
    said: dict[int, set[str]] = defaultdict(set)
    parts: dict[int, GivenPart | None] = {}
    part_head = next(
        (h for h in rows[0] if _plain(h) in _PART_HEADS and any(part_of(r[h]) for r in rows)), ""
    )
    without = []
    for row, label, place in zip(rows, labels, places, strict=True):
        if place is None:
            without.append(row[columns.file])
            continue
        said[place] |= _classes_in(label)
        if part_head:
            parts[place] = part_of(row[part_head])
    by_image = {
        place: replace(_label(path.name, classes), part=parts.get(place))
        for place, classes in said.items()
    }
    return TableSource(path, columns, names.found, by_image, tuple(without))


def _classes_in(cell: str) -> set[str]:
    """The classes in a cell: one, or Label Studio's `{"choices": ["shoe", "cap"]}`."""
    plain = cell.strip()
    if plain.startswith("{") and "choices" in plain:
        with suppress(ValueError, TypeError, KeyError):
            return {str(choice) for choice in json.loads(plain)["choices"]}
    return {plain} if plain else set()


def _label(table: str, classes: set[str]) -> GivenLabel:
    if len(classes) == 1:
        return GivenLabel(next(iter(classes)))
    if not classes:
        return GivenLabel("", problem=f"{table} names no class for it")
    return GivenLabel(
        "", problem=f"{table} names several classes for it: {listed(sorted(classes), 3)}"
    )


def _plain(head: str) -> str:
    return re.sub(r"[\W_]+", "", head.lower())
