"""What lies in a dataset's folder: class folders, and the image files in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from cnn_studio.data.class_names import in_order, is_folder_name
from cnn_studio.data.incoming import is_looked_at
from cnn_studio.untrusted_files import leads_to_file, leads_to_folder
from cnn_studio.vision.images import IMAGE_SUFFIXES


def class_folder_names(folder: Path) -> list[str]:
    """The names of the folders in `folder`, in the order of `in_order`.

    Hidden ones and those that systems make are passed over, and those that no class can be called
    like. A folder that is not there, or may not be read, has none.
    """
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if is_looked_at(e.name) and leads_to_folder(e)]
    except OSError:
        return []
    return in_order(name for name in names if is_folder_name(name))


def folders_in(folder: Path) -> list[Path]:
    """All folders directly in a folder, sorted, hidden ones too; links to folders are none.

    A folder that is not there, or may not be read, has none.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(folder / e.name for e in entries if e.is_dir(follow_symlinks=False))
    except OSError:
        return []


def unusable_folders(folder: Path, classes: Iterable[str] = ()) -> dict[str, str]:
    """What of a dataset's folder cannot be used as the folder of a class, and why.

    Args:
        folder: The dataset's folder.
        classes: The classes that its card names.
    """
    found = {}
    on_card = frozenset(classes)
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not is_looked_at(entry.name):
                continue
            if not leads_to_folder(entry):
                if entry.name in on_card:
                    found[entry.name] = "it is no folder, or a link that leads nowhere"
            elif not is_folder_name(entry.name):
                found[entry.name] = "no class can be called so"
            elif not os.access(entry.path, os.R_OK | os.X_OK):
                found[entry.name] = "it may not be read"
    return {name: found[name] for name in in_order(found)}


def image_files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The image files directly in `folder`, in no order, told by their names alone.

    A folder that is not there, or may not be read, has none.
    """
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_image_name(entry.name) and leads_to_file(entry):
                    yield entry
    except OSError:
        return


def files_in(folder: Path) -> list[Path]:
    """All regular files directly in `folder` that a person put there, by name.

    A folder that is not there, or may not be read, has none.
    """
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if is_looked_at(e.name) and leads_to_file(e)]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def has_class_folders(folder: Path) -> bool:
    """Whether at least one folder in `folder` holds an image."""
    return any(
        next(image_files(folder / name), None) is not None for name in class_folder_names(folder)
    )


def _is_image_name(name: str) -> bool:
    # As vision.images.is_image_name, without a Path for each of some 100,000 names.
    _stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix.lower()}" in IMAGE_SUFFIXES and not name.startswith(".")
