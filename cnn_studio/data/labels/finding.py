"""The ways to read the classes of files, and whether it is plain which of them is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_studio.data.labels.box_sources import BoxSource, find_boxes
from cnn_studio.data.labels.folder_sources import FolderSource, FolderTree
from cnn_studio.data.labels.folder_words import part_of, part_within
from cnn_studio.data.labels.label_source import Found, LabelSource
from cnn_studio.data.labels.table_sources import (
    ANY_COLUMNS,
    TableColumns,
    TableSource,
    find_tables,
    read_table,
)
from cnn_studio.errors import UsageError


@dataclass(frozen=True)
class LabelChoice:
    """What a person has said of where the classes stand; all empty for nothing.

    Attributes:
        level: Which folder is the class, the outermost within what was named being 1.
        only: The version of the images to bring in, as its folder is called.
        table: The table that the classes stand in.
        columns: Which of its columns.
        crops_boxes: Whether to cut out what boxes are drawn around.
        key: The `LabelSource.key` of an earlier choice; it comes before all else.
        keeps_parts: Whether a split that the images come with is kept.
    """

    level: int | None = None
    only: str = ""
    table: Path | None = None
    columns: TableColumns = ANY_COLUMNS
    crops_boxes: bool = False
    key: str = ""
    keeps_parts: bool = True

    def __post_init__(self) -> None:
        if self.level is not None and self.level < 1:
            raise UsageError(f"The level of the class folders must be 1 or more, not {self.level}.")


_OF_SPLITS = (".txt", ".csv", ".json", ".lst")
AS_FOUND = LabelChoice()
"""Nobody has said anything."""


@dataclass(frozen=True, eq=False)
class FoundSources:
    """The ways to read the classes.

    Attributes:
        sources: The likeliest first; never none.
        doubt: Why a person has to choose, as a sentence; empty if the first is right.
        unused: The names of files that seem to tell a split and are not used.
    """

    sources: tuple[LabelSource, ...]
    doubt: str = ""
    unused: tuple[str, ...] = ()


def find_sources(
    tree: FolderTree,
    texts: Sequence[Found],
    choice: LabelChoice,
    cancelled: Callable[[], bool] = lambda: False,
) -> FoundSources:
    """Find where the classes of images stand.

    Args:
        tree: The images in their folders.
        texts: Files beside them that may be tables, or labels of boxes.
        choice: What a person has said of it.
        cancelled: Called often; once it returns True, what was found by then is returned.

    Raises:
        DatasetError: There is no such table, or it does not fit the images.
        UsageError: There is nothing of what was chosen.
    """
    if choice.table is not None:
        return FoundSources(read_table(choice.table, texts, tree, choice.columns))
    if choice.level is not None or choice.only:
        return FoundSources((_as_said(tree, choice),))
    boxes = find_boxes(tree, texts, cancelled)
    tables = find_tables(texts, tree) if not cancelled() else []
    if choice.crops_boxes:
        if not boxes:
            raise UsageError("No labels of boxes were found beside the images.")
        return FoundSources(tuple(boxes))
    if choice.key:
        every: tuple[LabelSource, ...] = (*tree.sources, *tables, *boxes)
        chosen = tuple(source for source in every if source.key == choice.key)
        return FoundSources(chosen or tree.sources[:1])
    found = _ordered(tree, tables, boxes)
    return replace(found, unused=_unused_splits(texts, found.sources[0]))


def _unused_splits(texts: Sequence[Found], source: LabelSource) -> tuple[str, ...]:
    """Files that seem to tell a split in a form that is not read, by their names."""
    names = [entry.path.name for _root, entry in texts if entry.path not in source.read_from]
    stems = {name: name.rpartition(".")[0] for name in names if name.lower().endswith(_OF_SPLITS)}
    return tuple(
        name
        for name, stem in stems.items()
        if part_of(stem) or part_within(stem) or "split" in stem.lower()
    )


def _ordered(
    tree: FolderTree, tables: Sequence[TableSource], boxes: Sequence[BoxSource]
) -> FoundSources:
    """The ways to read the classes, the likeliest first, and what is in doubt."""
    folders = tree.sources
    tells_folders = len(folders[0].classes) > 1
    half = len(tree.found) / 2
    if boxes and (not tells_folders or len(boxes[0].boxes) >= half):
        return FoundSources(
            (*boxes, *tables, *folders),
            "Beside the images lie labels of boxes, not of images: an image may show several "
            "things. What the boxes are drawn around can be cut out as images of their class.",
        )
    others = tuple(source for source in folders if source.classes)
    if tables and not tells_folders:
        is_sure = len(tables) == 1 and tables[0].is_sure
        return FoundSources((*tables, *others), "" if is_sure else _several_in_words(tables))
    if any(table.is_sure and not _tells_the_same(table, folders[0]) for table in tables):
        return FoundSources((*tables, *others), _several_in_words(tables))
    return FoundSources((*folders, *tables, *boxes), tree.doubt)


def _several_in_words(tables: Sequence[TableSource]) -> str:
    if len(tables) == 1:
        return f"{tables[0].name} may tell the classes, and the folders tell others."
    return "Several columns of tables could have the classes."


def _tells_the_same(table: TableSource, folders: FolderSource) -> bool:
    """Whether a table puts together what the folders do, however the classes are called."""
    by_folder = [label.class_name for _root, _entry, label in folders.labelled()]
    pairs = {
        (label.class_name, by_folder[place])
        for place, label in table.by_image.items()
        if label.class_name and by_folder[place]
    }
    return len(pairs) == len({one for one, _other in pairs}) == len({o for _one, o in pairs})


def _as_said(tree: FolderTree, choice: LabelChoice) -> LabelSource:
    if choice.only and not any(choice.only in leaf for leaf in tree.leaves):
        raise UsageError(f"There is no folder of images called {choice.only}.")
    deepest = max(map(len, tree.leaves), default=0)
    if choice.level is not None and choice.level > deepest:
        raise UsageError(f"No image lies {choice.level} folders deep; the deepest lies {deepest}.")
    source = tree.chosen(choice.level, choice.only)
    if not source.classes:
        raise UsageError(f"No folder in {choice.only} can be a class. Say which: --class-level N.")
    return source
