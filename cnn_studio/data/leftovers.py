"""What a kill leaves of files that were being written or removed: hidden, and soon in the way."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from cnn_studio.data.dataset_copy import COPYING
from cnn_studio.data.dataset_hold import remove_left_holds
from cnn_studio.data.listing import folders_in
from cnn_studio.data.marks import STUDIO_FOLDER
from cnn_studio.data.trash import TRASH_NAME, remove_leaving
from cnn_studio.whole_files import remove_left_folders, remove_unfinished

_YOUNGEST_S = 600  # nothing is being removed for so long


def remove_leftovers(dataset_folder: Path) -> int:
    """Delete the temporary files in a dataset's folders: its own, the studio's and the classes'.

    What was being removed for good is removed as well; so is, in the folder of all datasets, the
    half of a dataset that was being duplicated.

    Returns:
        How many temporary files there were. What cannot be deleted stays.
    """
    with suppress(OSError):
        remove_leaving(dataset_folder, _YOUNGEST_S)
        remove_left_folders(dataset_folder, COPYING)
    remove_left_holds(dataset_folder)
    for place in folders_in(dataset_folder / TRASH_NAME):
        _remove_if_empty(place)
    studio = dataset_folder / STUDIO_FOLDER
    folders = (dataset_folder, *folders_in(dataset_folder), *folders_in(studio))
    return sum(map(remove_unfinished, folders))


def _remove_if_empty(folder: Path) -> None:
    """Remove a folder in a trash that nothing came into, or that all has come back from."""
    with suppress(OSError):  # as a rule something is in it
        if time.time() - folder.stat().st_mtime >= _YOUNGEST_S:
            folder.rmdir()
