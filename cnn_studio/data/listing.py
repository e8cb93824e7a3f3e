"""What lies in a dataset's folder: class folders, and the image files in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cnn_studio.data.class_names import in_order, is_folder_name
from cnn_studio.data.incoming import is_looked_at
from cnn_studio.vision.images import IMAGE_SUFFIXES


def class_folder_names(folder: Path) -> list[str]:
    """The names of the folders in `folder`, in the order of `in_order`.

    Hidden ones and those that systems make are passed over, and those that no class can be called
    like. A folder that is not there, or may not be read, has none.
    """
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if is_looked_at(e.name) and e.is_dir()]
    except OSError:
        return []
    return in_order(name for name in names if is_folder_name(name))


def unusable_folder_names(folder: Path) -> list[str]:
    """The names of the folders in `folder` that no class can be called like, such as "a\\b"."""
    try:
        with os.scandir(folder) as entries:
            odd = [e for e in entries if is_looked_at(e.name) and not is_folder_name(e.name)]
            return in_order(entry.name for entry in odd if entry.is_dir())
    except OSError:
        return []


def image_files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The image files directly in `folder`, in no order, told by their names alone.

    A folder that is not there, or may not be read, has none.
    """
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_image_name(entry.name) and entry.is_file():
                    yield entry
    except OSError:
        return


def has_class_folders(folder: Path) -> bool:
    """Whether at least one folder in `folder` holds an image."""
    return any(
        next(image_files(folder / name), None) is not None for name in class_folder_names(folder)
    )


def _is_image_name(name: str) -> bool:
    # As vision.images.is_image_name, without a Path for each of some 100,000 names.
    _stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix.lower()}" in IMAGE_SUFFIXES and not name.startswith(".")
