"""The ways to read the classes of files, and whether it is plain which of them is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.labels.box_sources import find_boxes
from cnn_studio.data.labels.folder_sources import FolderTree
from cnn_studio.data.labels.label_source import Found, LabelSource, listed
from cnn_studio.data.labels.table_sources import ANY_COLUMNS, TableColumns, find_tables, read_table
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
            raise UsageError(
                f"The level of the class folders must be 1 or more. Received: {self.level}."
            )


AS_FOUND = LabelChoice()
"""Nobody has said anything."""


@dataclass(frozen=True, eq=False)
class FoundSources:
    """The ways to read the classes.

    Attributes:
        sources: The likeliest first; never none.
        doubt: Why a person has to choose, as a sentence; empty if the first is right.
    """

    sources: tuple[LabelSource, ...]
    doubt: str = ""


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
    found = tree.found
    if choice.table is not None:
        return FoundSources(read_table(choice.table, found, choice.columns))
    if choice.level is not None or choice.only:
        return FoundSources((_as_said(tree, choice),))
    boxes = find_boxes(found, texts, cancelled)
    has_folders = bool(tree.sources[0].classes)
    tables: Sequence[LabelSource] = ()
    if not boxes and not cancelled():
        tables = find_tables(texts, found)
    sources: tuple[LabelSource, ...] = (*tree.sources, *tables, *boxes)
    if choice.crops_boxes:
        if not boxes:
            raise UsageError("No labels of boxes were found beside the images.")
        return FoundSources(tuple(boxes))
    if choice.key:
        chosen = tuple(source for source in sources if source.key == choice.key)
        return FoundSources(chosen or sources[:1])
    if boxes and not has_folders:
        return FoundSources(
            tuple(boxes),
            "Beside the images lie labels of boxes, not of images: an image may show several "
            "things. What the boxes are drawn around can be cut out as images of their class.",
        )
    if tables and not has_folders:
        doubt = ""
        if len(tables) > 1:
            doubt = f"The classes could stand in {listed([table.summary for table in tables])}."
        others = tuple(source for source in tree.sources if source.classes)
        return FoundSources((*tables, *others), doubt)
    return FoundSources(sources, tree.doubt)


def _as_said(tree: FolderTree, choice: LabelChoice) -> LabelSource:
    if choice.only and not any(choice.only in leaf for leaf in tree.leaves):
        raise UsageError(f"There is no folder of images called {choice.only}.")
    source = tree.chosen(choice.level, choice.only)
    if not source.classes:
        raise UsageError(f"No image lies {choice.level} folders deep.")
    return source
