"""What a kill leaves of files that were being written or removed: hidden, and soon in the way."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from pathlib import Path

from cnn_studio.data.trash import remove_leaving

_NAME = re.compile(r"\.[0-9a-f]{32}\.part")
_YOUNGEST_S = 600  # nothing is being written for so long


def remove_leftovers(dataset_folder: Path) -> int:
    """Delete the temporary files in a dataset's folder and its class folders.

    What was being removed for good is removed as well.

    Returns:
        How many temporary files there were. What cannot be deleted stays.
    """
    with suppress(OSError):
        remove_leaving(dataset_folder, _YOUNGEST_S)
    folders = (dataset_folder, *_folders_in(dataset_folder))
    return sum(remove_unfinished(folder, _YOUNGEST_S) for folder in folders)


def remove_unfinished(folder: Path, youngest_s: float = 0.0) -> int:
    """Delete the temporary files in one folder, unless they are younger.

    Returns:
        How many there were. What cannot be deleted stays.
    """
    removed = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in filter(lambda entry: _NAME.fullmatch(entry.name), entries):
            with suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if time.time() - status.st_mtime >= youngest_s:
                    Path(entry.path).unlink()
                    removed += 1
    return removed


def _folders_in(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [folder / e.name for e in entries if e.is_dir(follow_symlinks=False)]
    except OSError:
        return []
