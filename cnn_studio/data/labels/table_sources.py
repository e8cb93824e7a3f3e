"""Tables of file names and classes, as competitions and labelling programs hand them out.

CSV and TSV are read with any usual separator and encoding; a file may be called with or without its
folders and its ending, or by the path that it was uploaded to. The class stands in a column, or
each class has a column with a 1 in the rows of its images. Label Studio's exports are read as well.
"""

from __future__ import annotations

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
from cnn_studio.data.labels.folder_sources import FolderTree
from cnn_studio.data.labels.folder_words import part_of, part_within
from cnn_studio.data.labels.label_source import Found, GivenLabel, GivenPart, counted, listed
from cnn_studio.data.labels.table_rows import Rows, rows_in
from cnn_studio.errors import NOT_UNDERSTOOD, DatasetError, StudioError, UsageError
from cnn_studio.untrusted_files import json_in
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
_BOX_HEADS = frozenset({"xmin", "ymin", "xmax", "ymax", "bbox", "x1", "x2", "boxes"})
_SAMPLE = re.compile(r"sample.?submission", re.IGNORECASE)
_SEVERAL = -1
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
        tree: The images in their folders.
        by_image: The labels by the places in `tree.found`.
        rows_without: Names in the table that no image has.
        is_only_column: Whether the table has no third column.
        others: Tables of the same form that go on where it ends, one for each part of the images.
    """

    path: Path
    columns: TableColumns
    tree: FolderTree
    by_image: Mapping[int, GivenLabel]
    rows_without: tuple[str, ...]
    is_only_column: bool = False
    others: tuple[Path, ...] = ()

    is_by_file = True

    @property
    def name(self) -> str:
        """What the table is called."""
        return self.path.name

    @property
    def read_from(self) -> frozenset[Path]:
        return frozenset({self.path, *self.others})

    @property
    def key(self) -> str:
        return f"table:{self.name}:{self.columns.file}:{self.columns.classes}"

    @property
    def options(self) -> str:
        column = "" if self.columns.classes == _ONE_HOT else self.columns.classes
        named = f' --class-column "{column}"' if column else ""
        return f'--table "{self.path}"{named}'

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
        without = len(self.tree.found) - len(self.by_image)
        if without:
            images = counted(without, "image is left out", "images are left out")
            notes.append(f"{images}, which {self.name} does not name.")
        return notes

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self._outcome[1])

    def labelled(self) -> Iterator[tuple[Path, Incoming, GivenLabel]]:
        missing = GivenLabel("", problem=f"{self.name} has no row for it")
        for place, (root, entry) in enumerate(self.tree.found):
            label = self.by_image.get(place, missing)
            part = label.part or self.tree.part_of(root, entry.folders)
            yield root, entry, replace(label, part=part) if part else label

    @property
    def is_likely(self) -> bool:
        """Whether it tells several classes, and names half of the images or hardly others."""
        count, names = self._outcome
        least = min(len(self.tree.found) / 2, len(self.rows_without))
        return len(names) > 1 and count >= least

    @property
    def is_sure(self) -> bool:
        """Whether it needs no question: its column is called so, or it has no other, and it tells
        most images apart."""
        is_named = _plain(self.columns.classes) in _CLASS_HEADS or self.columns.classes == _ONE_HOT
        count, names = self._outcome
        is_of_most = len(names) > 1 and 2 * count >= len(self.tree.found)
        is_alone = self.is_only_column and not all(name.isdecimal() for name in names)
        return is_of_most and (is_named or is_alone)

    @cached_property
    def _outcome(self) -> tuple[int, list[str]]:
        sizes = Counter(label.class_name for label in self.by_image.values() if label.class_name)
        return sizes.total(), list(sizes)


def find_tables(texts: Sequence[Found], tree: FolderTree) -> list[TableSource]:
    """The tables among some files that tell several classes of images, a source for each column.

    Args:
        texts: Files beside the images.
        tree: The images.
    """
    names = _ImageNames(tree)
    candidates = [
        entry
        for _root, entry in texts
        if entry.path.suffix.lower() in TABLE_SUFFIXES and not _SAMPLE.search(entry.path.stem)
    ]
    sources: list[TableSource] = []
    for entry in sorted(candidates, key=lambda entry: len(entry.folders))[:_MOST_TABLES]:
        with suppress(DatasetError, UsageError):
            rows = rows_in(entry.read(), entry.path.name)
            sources += _sources_of(entry, rows, names, ANY_COLUMNS)
    return [source for source in _joined(sources) if source.is_likely]


def _joined(sources: Sequence[TableSource]) -> list[TableSource]:
    """Tables of one name and form, one beside each part of the images, as one."""
    joined: dict[tuple[str, TableColumns], TableSource] = {}
    for source in sources:
        key = (source.name, source.columns)
        first = joined.get(key)
        if first is None:
            joined[key] = source
        elif first.by_image.keys().isdisjoint(source.by_image):
            joined[key] = replace(
                first,
                by_image={**first.by_image, **source.by_image},
                rows_without=first.rows_without + source.rows_without,
                others=(*first.others, source.path),
            )
        else:
            joined[source.key, source.columns] = source
    return list(joined.values())


def read_table(
    path: Path, texts: Sequence[Found], tree: FolderTree, columns: TableColumns
) -> tuple[TableSource, ...]:
    """Read the table that a person has named.

    Args:
        path: A CSV, a TSV, or an export of Label Studio; also one that lies in an archive.
        texts: Files beside the images, those in archives as well.
        tree: The images.
        columns: Its columns.

    Raises:
        DatasetError: It cannot be read, or does not name the images.
        UsageError: It has no such column, or several could have the classes.
    """
    if path.suffix.lower() in (".xlsx", ".xls", ".ods"):
        raise DatasetError(f"Save the spreadsheet as CSV first: {path.name}.")
    if path.is_dir():
        raise DatasetError(f"A table is a file, and this is a folder: {path}.")
    entry = next((entry for _root, entry in texts if entry.path == path), None)
    if entry is None or path.is_file():
        (entry,) = incoming_from_paths([path])
    sources = _sources_of(entry, rows_in(entry.read(), path.name), _ImageNames(tree), columns)
    if len(sources) > 1:
        names = ", ".join(source.columns.classes for source in sources)
        raise UsageError(
            f"Several columns of {path.name} could have the classes: {names}. Name one with "
            "--class-column."
        )
    return tuple(sources)


class _ImageNames:
    """Finds images by what tables call them."""

    def __init__(self, tree: FolderTree) -> None:
        self.tree = tree
        self._places: dict[str, int] = {}
        for place, (_root, entry) in enumerate(tree.found):
            inside = PurePosixPath(*entry.folders, entry.path.name)
            for name in _spellings(inside, entry.suffix):
                key = folded(name)
                self._places[key] = _SEVERAL if key in self._places else place

    def place(self, cell: str, beside: tuple[str, ...] = ()) -> int | None:
        """The image that a cell names; None if none, or several are called so.

        Args:
            cell: What stands in the table.
            beside: The folders that the table lies in: an image there, or below, is meant first.
        """
        for start in range(len(beside)):
            place = self._places.get(folded("/".join((*beside[start:], cell.strip()))), _SEVERAL)
            if place != _SEVERAL:
                return place
        for name in _readings(cell):
            if folded(name) in self._places:
                place = self._places[folded(name)]
                return None if place == _SEVERAL else place
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
    if plain.startswith("http://[") or plain.startswith("https://["):  # no part of it is a name
        return
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
    entry: Incoming, rows: Rows, names: _ImageNames, columns: TableColumns
) -> list[TableSource]:
    path, beside = entry.path, entry.folders
    name, heads = path.name, list(rows[0])
    if any(_plain(head) in _BOX_HEADS for head in heads):
        raise DatasetError(f"{name} has labels of boxes, not of images.")
    for wanted in filter(None, (columns.file, columns.classes)):
        if wanted not in heads:
            raise UsageError(
                f"{name} has no column {wanted}. It has: {', '.join(heads) or 'none'}."
            )
    file = columns.file or _file_column(rows, names, beside, columns.classes)
    if file and names.place(file) is not None:  # its first row is one like the others
        rows, file = _without_head(rows, file)
    if not file:
        raise DatasetError(f"No column of {name} names the images. Name it with --file-column.")
    if file == columns.classes:
        raise UsageError(f"{name} has the files and the classes in two columns, not in {file}.")
    places = [names.place(row[file], beside) for row in rows]
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


def _file_column(rows: Rows, names: _ImageNames, beside: tuple[str, ...], classes: str) -> str:
    """The column that names most images; empty where none names enough of them."""
    sample = rows[:: max(1, len(rows) // 500)]
    matched = {
        head: len({names.place(row[head], beside) for row in sample} - {None})
        for head in rows[0]
        if head != classes
    }
    best = max(matched, key=lambda head: matched[head], default="")
    if not best or not matched[best]:
        return ""
    of_rows = matched[best] / len(sample)
    of_images = matched[best] / len(sample) * len(rows) / max(len(names.tree.found), 1)
    return best if max(of_rows, of_images) >= _LEAST_MATCHED else ""


def _one_hot_columns(rows: Rows, file: str) -> list[str]:
    """The columns of which each row has a 1 in exactly one, where none is called after classes."""
    heads = [
        head
        for head in rows[0]
        if head != file and {row[head].strip().lower() for row in rows} <= _ZEROS | _ONES
    ]
    used = {head for head in heads if any(row[head].strip().lower() in _ONES for row in rows)}
    is_one = all(sum(row[h].strip().lower() in _ONES for h in heads) == 1 for row in rows)
    is_named = any(_plain(head) in _CLASS_HEADS for head in rows[0] if head != file)
    are_parts = any(part_within(head) is not None or part_of(head) is not None for head in heads)
    return heads if is_one and len(used) > 1 and not is_named and not are_parts else []


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
    return TableSource(path, columns, names.tree, by_image, tuple(without), len(rows[0]) == 2)


def _classes_in(cell: str) -> set[str]:
    """The classes in a cell: one, or Label Studio's `{"choices": ["shoe", "cap"]}`."""
    plain = cell.strip()
    if plain.startswith("{") and "choices" in plain:
        with suppress(StudioError, *NOT_UNDERSTOOD):
            return {str(choice) for choice in json_in(plain, "the cell")["choices"]}
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
