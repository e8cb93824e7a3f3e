"""Photos that nobody has sorted, looked at: what the network sees, and which bring nothing new."""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.archives import incoming_from_all
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.grouping import Features, Grouping
from cnn_studio.data.held_contents import HeldContents
from cnn_studio.data.import_plan import check_apart
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.left_out import AlreadyHere
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.instant.dataset_features import reader_of
from cnn_studio.instant.sorting import Sorting
from cnn_studio.models.unknown import unit_length
from cnn_studio.pretrained.image_features import ImageFeatures
from cnn_studio.vision.images import (
    ImageArray,
    decode_image,
    keeps_its_bytes,
    kept_file,
    read_image,
)

if TYPE_CHECKING:
    from cnn_studio.instant.instant_model import InstantModel

NOTHING_TO_GO_BY = "Nothing can be sorted yet: two classes need three images each."


def sort_photos(
    folders: ClassFolders,
    paths: Sequence[Path],
    model: InstantModel,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Sorting | None:
    """Propose a class for each photo; nothing is changed on the disk.

    Args:
        folders: The dataset whose classes are proposed.
        paths: Files, and folders and archives, in which all images are looked for.
        model: Tells the classes apart.
        threads: How many photos are looked at at once; by default one a processor.
        progress: Gets how many files are done, and of how many.
        cancelled: Called between photos.

    Returns:
        The photos with their proposals; None if it was cancelled.

    Raises:
        UsageError: A folder is the dataset's own, holds it or lies in it.
        ModelError: The network's weights are missing or damaged.
        DatasetError: An archive is damaged or not honest.
    """
    check_apart(folders, paths)
    said: list[str] = []
    with ExitStack() as archives:
        looked_through = _looked_through(paths, archives, cancelled, said.append)
        if looked_through is None:
            return None
        entries, refused = looked_through
        photos = _Photos(entries, _Contents(folders))
        reader = reader_of(folders.dataset, threads=threads)
        progress(0, len(photos))
        every = np.arange(len(photos), dtype=np.int64)
        found = reader.read(
            photos, every, progress=lambda done: progress(done, len(photos)), cancelled=cancelled
        )
        if found is None:
            return None
        is_first = photos.hold_copies(found)
        units = unit_length(found.features[is_first])
        firsts = found.sources[is_first].tolist()
        sorting = Sorting(
            model.classes,
            tuple(entries[place].path for place in firsts),
            units,
            model.probabilities(units),
            model.scores(units),
            model.images,
            tuple(photos.reasons(photos.held)),
            (*refused, *photos.reasons(photos.unreadable)),
            _reader_of({entries[place].path: entries[place] for place in firsts}),
            tuple(said),
        )
        weakref.finalize(sorting, archives.pop_all().close)  # its photos are read until then
        return sorting


def _looked_through(
    paths: Sequence[Path],
    archives: ExitStack,
    cancelled: Callable[[], bool],
    said: Callable[[str], None],
) -> tuple[list[Incoming], list[tuple[Path, str]]] | None:
    """The files that may be photos, and why others are not; None if it was cancelled."""
    entries, refused = [], []
    for entry in incoming_from_all(paths, archives, cancelled, said):
        if cancelled():
            return None
        if entry.refusal:
            refused.append((entry.path, entry.refusal))
        else:
            entries.append(entry)
    return None if cancelled() else (entries, refused)


def _reader_of(entries: dict[Path, Incoming]) -> Callable[[Path], ImageArray]:
    """What reads a photo by its path, which leads nowhere for one in an archive."""
    if all(path.is_file() for path in entries):
        return read_image

    def read(path: Path) -> ImageArray:
        return decode_image(entries[path].read(), path.name)

    return read


class _Contents:
    """Knows what is in the dataset, byte for byte. For several threads."""

    def __init__(self, folders: ClassFolders) -> None:
        self._lock = threading.Lock()
        self._of_class = {name: HeldContents(folders.folder_of(name)) for name in folders.classes()}

    def class_with(self, data: bytes) -> str:
        """The class that has a file of these bytes; empty if none has."""
        digest = hashlib.sha256(data).digest()
        with self._lock:
            having = (name for name, held in self._of_class.items() if held.has(data, digest))
            return next(having, "")


class _Photos:
    """Files without classes as the images of no dataset; see `ImageSet`."""

    classes: tuple[str, ...] = ()

    def __init__(self, entries: Sequence[Incoming], contents: _Contents) -> None:
        self.names: Sequence[str] = [str(entry.path) for entry in entries]
        self.labels: NDArray[np.int64] = np.zeros(len(entries), np.int64)
        self.held: dict[int, str] = {}
        self.unreadable: dict[int, str] = {}
        self._entries = entries
        self._contents = contents

    def __len__(self) -> int:
        return len(self._entries)

    def reasons(self, sentences: dict[int, str]) -> list[tuple[Path, str]]:
        """The files by the sentences that were found, in their order."""
        return [(self._entries[place].path, sentences[place]) for place in sorted(sentences)]

    def hold_copies(self, found: ImageFeatures) -> NDArray[np.bool_]:
        """Which of the photos that were read are the first of their content, (read,)."""
        _contents, firsts = np.unique(found.hashes.files, return_index=True)
        is_first = np.zeros(len(found), np.bool_)
        is_first[firsts] = True
        before = dict(zip(found.hashes.files[firsts].tolist(), firsts.tolist(), strict=True))
        for place in np.flatnonzero(~is_first).tolist():
            first = self._entries[int(found.sources[before[int(found.hashes.files[place])]])].path
            source = int(found.sources[place])
            name = self._entries[source].path.name
            self.held[source] = f"It is the same file as {first}: {name}."
        return is_first

    def read(self, index: int) -> ImageArray:
        return self.decode(index, self.stored(index))

    def stored(self, index: int) -> bytes:
        """See `ImageSet`; what brings nothing new is refused too, and not looked at."""
        entry = self._entries[index]
        try:
            data = entry.read()
            kept = data
            if not keeps_its_bytes(data):
                kept, _suffix = kept_file(data, entry.path.name, entry.suffix)
        except (DatasetError, ImageError) as error:
            self.unreadable[index] = str(error)
            raise ImageError(str(error)) from error
        name = self._contents.class_with(kept)
        if name:
            text = f"{name} has this very image already: {entry.path.name}."
            self.held[index] = AlreadyHere(text)
            raise ImageError(self.held[index])
        return data

    def decode(self, index: int, stored: bytes) -> ImageArray:
        try:
            return decode_image(stored, self._entries[index].path.name)
        except ImageError as error:
            self.unreadable[index] = str(error)
            raise

    def group(
        self,
        sources: NDArray[np.int64],
        progress: Callable[[int, int], None] | None = None,  # noqa: ARG002 - none belong together
        cancelled: Callable[[], bool] = lambda: False,  # noqa: ARG002
        features: Callable[[], Features | None] = lambda: None,  # noqa: ARG002
    ) -> Grouping:
        return Grouping(tuple(self.names[int(source)] for source in sources))
