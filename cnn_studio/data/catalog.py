"""The datasets that a person can choose from."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cnn_studio.data import fashion_mnist
from cnn_studio.data.cards import (
    CARD_NAME,
    DatasetCard,
    card_for_plain_folder,
    has_card,
    read_card,
    write_card,
)
from cnn_studio.data.class_names import check_class_names, folded, in_order, is_reserved
from cnn_studio.data.import_turn import import_turn
from cnn_studio.data.incoming import Incoming, files_below
from cnn_studio.data.journal import recover
from cnn_studio.data.labels.folder_sources import FolderTree
from cnn_studio.data.labels.folder_words import may_be_no_class
from cnn_studio.data.listing import (
    class_folder_names,
    has_class_folders,
    image_files,
    unusable_folders,
)
from cnn_studio.data.marks import STUDIO_FOLDER, why_unreadable
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace, built_in_datasets, cache_folder, is_path, is_same_place
from cnn_studio.vision.images import is_image_name

BUILT_IN = ("objects", "satellite", "fashion-mnist")
_MAX_TITLE = 80
_MAX_NAME_BYTES = 200
"""Of the folder, so that any file system takes it, and a hidden name made of it as well."""

_PROBLEMS_SHOWN = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Dataset:
    """A folder of images and what its card says of it.

    Attributes:
        folder: Where the images are. A built-in dataset's folder is made when something is first
            written to it.
        card: What the card said when the dataset was looked up.
        problem: A sentence where the folder's own card is not understood and another one stands
            in for it, else empty.
        is_outside: Whether it lies outside the workspace and was only named to be read: nothing
            is written into its folder.
    """

    folder: Path
    card: DatasetCard
    problem: str = ""
    is_outside: bool = False

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.card.name

    @property
    def title(self) -> str:
        """What a person reads."""
        return self.card.title

    @property
    def notes_folder(self) -> Path:
        """Where the studio keeps what it found out about the images: beside them, if it may."""
        if not self.is_outside:
            return self.folder
        key = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:24]
        return cache_folder() / "datasets" / key


def list_datasets(workspace: Workspace) -> list[Dataset]:
    """All datasets: those that come with the program, then those in the workspace, by title.

    A folder of class folders without a card gets one, unless it is only linked to, and changes that
    a crash cut short are ended. Nothing in a workspace stops the list.
    """
    built_in = [_built_in(workspace, name) for name in BUILT_IN]
    others = [
        dataset
        for name in class_folder_names(workspace.datasets)
        if name not in BUILT_IN and (dataset := _in_workspace(workspace.datasets / name))
    ]
    return built_in + sorted(others, key=lambda dataset: dataset.title.casefold())


def find_dataset(workspace: Workspace, name_or_folder: str, *, to_change: bool = False) -> Dataset:
    """The dataset of that name in the workspace, or in that folder.

    Args:
        workspace: Whose datasets have names.
        name_or_folder: A name or title; or a folder anywhere, which has a separator in it (see
            `paths.is_path`). A bare name is never a folder of another place.
        to_change: Whether it is named as where images are to go; only then is anything written into
            a folder outside the workspace.

    Raises:
        DatasetError: There is neither such a name nor such a folder of class folders.
    """
    datasets = list_datasets(workspace)
    folder = Path(name_or_folder).expanduser()
    is_there = bool(name_or_folder) and folder.is_dir()
    if is_there and is_path(name_or_folder):
        own = (dataset for dataset in datasets if is_same_place(dataset.folder, folder))
        return next(own, None) or _outside(folder.resolve(), to_change)
    for wanted, of in ((name_or_folder, str), (name_or_folder.casefold(), str.casefold)):
        for dataset in datasets:
            if wanted in (of(dataset.name), of(dataset.title)):
                return dataset
    known = ", ".join(dataset.name for dataset in datasets)
    hint = f" The folder that is here is called {name_or_folder}{os.sep}." if is_there else ""
    raise DatasetError(
        f"There is no dataset {name_or_folder}. There are {known}; a folder of class folders "
        f"will do as well.{hint}"
    )


def check_title(title: str, existing: Iterable[str]) -> tuple[str, str]:
    """Check that a new dataset may be called so.

    Args:
        title: As it was typed.
        existing: The names of the other datasets' folders.

    Returns:
        The title without needless space, and the name of the folder.

    Raises:
        DatasetError: The title is empty or too long, or there is such a dataset already.
    """
    title = " ".join(title.split())
    name = _folder_name(title)
    if not name or len(title) > _MAX_TITLE:
        raise DatasetError(
            f"A dataset's title needs 1 to {_MAX_TITLE} letters or digits; this one has "
            f"{len(title) if name else 'none'}."
        )
    if len(name.encode()) > _MAX_NAME_BYTES:
        raise DatasetError(
            f"This title is too long for the name of a folder: {len(name.encode())} bytes, where "
            f"{_MAX_NAME_BYTES} are the most."
        )
    if is_reserved(name):
        raise DatasetError(f"Windows keeps this name for itself: {name}. Choose another one.")
    if folded(name) in {folded(other) for other in existing}:
        raise DatasetError(f"There is a dataset of that name already: {name}.")
    return title, name


def create_dataset(workspace: Workspace, title: str, classes: Iterable[str] = ()) -> Dataset:
    """Make a new, empty dataset in the workspace.

    Args:
        workspace: Where it is kept.
        title: What a person reads; the folder's name is made from it.
        classes: The classes to begin with.

    Raises:
        DatasetError: The title is empty or too long, there is such a dataset already, a class's
            name cannot be used, or the workspace cannot be written to.
    """
    title, name = check_title(title, (dataset.name for dataset in list_datasets(workspace)))
    folder = workspace.datasets / name
    remove_ghost(folder)
    if os.path.lexists(folder):
        raise DatasetError(f"There is a dataset of that name already: {name}.")
    card = DatasetCard(name, title, check_class_names(classes))
    write_card(folder, card)
    return Dataset(folder, card)


def discard_if_empty(dataset: Dataset) -> bool:
    """Remove the folder of a dataset that was made for images of which none came.

    Returns:
        Whether it had no images; one that has some stays, or that another import is for.
    """
    with import_turn(dataset.folder, cancelled=lambda: True) as has_come:
        folders = [dataset.folder / name for name in class_folder_names(dataset.folder)]
        is_used = any(next(image_files(folder), None) is not None for folder in folders)
        if is_used or not has_come:
            return False
        with suppress(OSError):  # something else lies in it: that stays
            for folder in folders:
                folder.rmdir()
            shutil.rmtree(dataset.folder / STUDIO_FOLDER, ignore_errors=True)
            (dataset.folder / CARD_NAME).unlink(missing_ok=True)
            dataset.folder.rmdir()
    return True


def _built_in(workspace: Workspace, name: str) -> Dataset:
    folder = workspace.datasets / name
    recover(folder)
    problem = ""
    if has_card(folder):
        try:
            card = read_card(folder)
            return Dataset(folder, card, _problem_in(folder, card.classes))
        except DatasetError as error:
            problem = str(error)
    return Dataset(folder, read_card(built_in_datasets() / name), problem)


def remove_ghost(folder: Path) -> None:
    """Remove a folder in which nothing is, or nothing but what the studio keeps for itself.

    Work beside the window may still write that a moment after the dataset has gone.
    """
    with suppress(OSError):
        if not folder.is_symlink() and {entry.name for entry in folder.iterdir()} <= {
            STUDIO_FOLDER
        }:
            shutil.rmtree(folder / STUDIO_FOLDER, ignore_errors=True)
            folder.rmdir()


def dataset_in(folder: Path) -> Dataset:
    """The dataset in a folder of the studio's own, be it among the others or in the trash.

    Raises:
        DatasetError: There is none.
    """
    return _in_folder(folder)


def _in_workspace(folder: Path) -> Dataset | None:
    if not has_card(folder) and not has_class_folders(folder):
        return None
    recover(folder)
    try:
        dataset = _in_folder(folder)
    except DatasetError as error:  # it has changed since, or nothing in it can be a dataset's
        _log.warning("%s", error)
        return None
    is_linked = folder.resolve().parent != folder.parent.resolve()
    if not has_card(folder) and not is_linked:
        try:
            write_card(folder, dataset.card)
        except DatasetError as error:  # a workspace on a read-only disk can still be looked at
            _log.warning("%s", error)
    return dataset


def _outside(folder: Path, to_change: bool) -> Dataset:
    if to_change:
        recover(folder)
    elif not has_card(folder):
        _check_classes(folder)
    return replace(_in_folder(folder), is_outside=not to_change)


def _check_classes(folder: Path) -> None:
    """Check that the folders of images in a folder are classes, and no parts of a split.

    Raises:
        DatasetError: They are not.
    """
    if not any(may_be_no_class(name) for name in class_folder_names(folder)):
        return  # as of most datasets: a walk through all files takes a second for 50,000
    found = [
        (folder, Incoming(path, folders, path.suffix, bytes))
        for path, folders, problem in files_below(folder)
        if folders and not problem and is_image_name(path)
    ]
    tree = FolderTree(found)
    has_parts = any(tree.part_of(folder, leaf) for leaf in tree.leaves)
    if found and (has_parts or not any(source.classes for source in tree.sources)):
        names = in_order({leaf[0] for leaf in tree.leaves})
        raise DatasetError(
            f"The folders in {folder} are no classes: {', '.join(names[:4])}. `cnn-studio import` "
            "finds out where the classes stand, and makes a dataset of it."
        )


def _in_folder(folder: Path) -> Dataset:
    if has_card(folder):
        try:
            card = read_card(folder)
            return Dataset(folder, card, _problem_in(folder, card.classes))
        except DatasetError as error:
            return Dataset(folder, card_for_plain_folder(folder), str(error))
    if fashion_mnist.is_present(folder):
        return Dataset(folder, read_card(built_in_datasets() / "fashion-mnist"))
    if has_class_folders(folder):
        return Dataset(folder, card_for_plain_folder(folder), _problem_in(folder))
    raise DatasetError(
        f"A dataset's folder has one folder of images for each class. There is none in: {folder}. "
        "`cnn-studio import` also finds classes that lie deeper, or stand in a table."
    )


def _problem_in(folder: Path, classes: Iterable[str] = ()) -> str:
    """What of a dataset cannot be used though its card is sound, in sentences; "" if nothing."""
    unusable = unusable_folders(folder, classes)
    said = [
        f"{name!r} in {folder.name} is left out: {why}."
        for name, why in list(unusable.items())[:_PROBLEMS_SHOWN]
    ]
    if len(unusable) > _PROBLEMS_SHOWN:
        said.append(f"So are {len(unusable) - _PROBLEMS_SHOWN:,} others.")
    return " ".join(filter(None, (why_unreadable(folder), *said)))


def _folder_name(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title)
    letters = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    # Composed again: Korean letters have three parts each.
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", letters)).strip("-")
