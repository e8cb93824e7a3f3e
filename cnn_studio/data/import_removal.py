"""Taking an import back: its images to the trash, and what was made for it goes."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnn_studio.data.cards import DatasetCard
from cnn_studio.data.changes import Change
from cnn_studio.data.class_changes import deletion
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.file_moves import explained, free_path
from cnn_studio.data.listing import image_files
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import sequence_of
from cnn_studio.data.trash import LEAVING, count_trash
from cnn_studio.vision.images import read_file
from cnn_studio.whole_files import remove_unfinished, write_atomically


@dataclass(frozen=True)
class TakenBack:
    """An import that was taken back.

    Attributes:
        images: How many images it had brought in.
        change: What was done; its inverse brings them in again.
        is_dataset_gone: Whether the dataset was made for it, and went with it.
    """

    images: int
    change: Change
    is_dataset_gone: bool = False


def taken_back(
    folders: ClassFolders,
    samples: Sequence[Sample],
    values: Mapping[str, Any],
) -> TakenBack:
    """Move what came in to the trash, and let what was made for it go.

    Args:
        folders: The dataset.
        samples: What came in.
        values: What the note of the import says, see `ImportNote`.

    Raises:
        DatasetError: The dataset cannot be changed; it is as it was.
    """
    _give_back(samples, values)
    change = folders.carry_out(_removal(folders, samples, values))
    return TakenBack(len(samples), change, _is_made_for_it(folders, samples, values))


def _removal(folders: ClassFolders, samples: Sequence[Sample], values: Mapping[str, Any]) -> Change:
    """The images to the trash, and the card as it was before."""
    card = base = folders.card_for_writing()
    if values.get("card"):  # the import has replaced it
        base = DatasetCard.from_dict(card.name, values["card"])
    gone = {sample.path for sample in samples}

    def is_kept(name: str) -> bool:
        entries = image_files(folders.folder_of(name))
        return name in values["classes"] or any(Path(entry.path) not in gone for entry in entries)

    classes = dict.fromkeys((*base.classes, *card.classes))
    after = base.with_classes(filter(is_kept, classes))
    for name in classes:
        if name not in after.classes:  # a kill has left there what was being written
            remove_unfinished(folders.folder_of(name))
    moves = deletion(folders, samples).moves
    return Change(moves) if after == card else Change(moves, (), card, after)


def _give_back(samples: Sequence[Sample], values: Mapping[str, Any]) -> None:
    """Put copies of images that were moved in where they had been.

    Raises:
        DatasetError: There is no room for them, or the folder has gone.
    """
    moved = set(values.get("moves", ()))  # the places of such files
    for sample in samples:
        stored, place = sample.path, sequence_of(sample.path.name)
        if place is None or place not in moved:
            continue
        source = Path(values["files"][place - 1])
        if source.exists():
            continue
        is_converted = stored.suffix != source.suffix.lower()
        target = source.with_suffix(stored.suffix) if is_converted else source
        with explained(f"{source.name} cannot be put back into {source.parent}"):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(free_path(target), read_file(stored))


def _is_made_for_it(
    folders: ClassFolders, samples: Sequence[Sample], values: Mapping[str, Any]
) -> bool:
    """Whether the dataset was made for this import, has nothing else, and all can be had again."""
    sources = [Path(str(path)) for path in values["paths"]]
    folder = folders.dataset.folder
    if not values.get("is_new") or not all(path.is_file() for path in sources):
        return False
    is_empty = not any(folders.counts().values())
    return is_empty and count_trash(folder) <= len(samples)


def remove_dataset(folder: Path) -> None:
    """Remove a dataset's folder; renamed first, so that a kill leaves no half of it.

    Raises:
        DatasetError: The system does not allow it.
    """
    with explained(f"{folder.name} cannot be removed"):
        shutil.rmtree(folder.rename(folder.with_name(f"{LEAVING}{uuid.uuid4().hex}")))
