"""Small pictures of image files, made beside the window: the ones asked for last come first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QPixmap

from cnn_studio.data.thumbnail_store import Stamp, ThumbnailStore
from cnn_studio.gui.pictures.thumbnail_work import (
    Picture,
    Reader,
    Request,
    RequestQueue,
    ThumbnailThread,
)
from cnn_studio.vision.images import read_image

__all__ = ["Reader", "Thumbnail", "Thumbnails"]

_THREADS = 2
_CACHE_BYTES = 64 * 1024 * 1024
_CACHE_ROOM = 1.5  # how much more than what is asked for at once; large tiles need large pictures
_OTHER_SIZE: Stamp = (-1, -1)  # of no file


@dataclass
class Thumbnail:
    """What the cache holds of a file.

    Attributes:
        pixmap: The middle square of the image; None if it cannot be read.
        reason: Why it cannot be read, as a sentence.
        stamp: The file's time of change in ns and its size.
        is_fresh: Whether the file has been looked at since `Thumbnails.refresh`.
    """

    pixmap: QPixmap | None
    reason: str
    stamp: Stamp
    is_fresh: bool = True

    @property
    def size_bytes(self) -> int:
        """What it takes of the cache."""
        if self.pixmap is None:
            return 1024
        return self.pixmap.width() * self.pixmap.height() * 4


class Thumbnails(QObject):
    """Hands out what it has and makes what it has not.

    Args:
        side_px: Width and height of a picture.
        store: Where the pictures of files are kept for the next time.

    Signals:
        ready(Path): The picture of this file is there now, or it is known why there is none.
    """

    ready = Signal(object)

    def __init__(
        self, side_px: int, parent: QObject | None = None, store: ThumbnailStore | None = None
    ) -> None:
        super().__init__(parent)
        self._side_px = side_px
        self._store = store or ThumbnailStore()
        self._read: Reader = read_image
        self._generation = 0
        self._queue = RequestQueue()
        self._threads: list[ThumbnailThread] = []
        self._is_shut_down = False
        self._asked: set[Path] = set()
        self._cache: OrderedDict[Path, Thumbnail] = OrderedDict()
        self._cache_bytes = 0
        self._most_bytes = _CACHE_BYTES

    def set_side(self, side_px: int) -> None:
        """Make pictures of another size from now on; those at hand are shown until they come."""
        if side_px == self._side_px:
            return
        self._side_px = side_px
        self._forget_asked()
        for thumbnail in self._cache.values():
            thumbnail.is_fresh, thumbnail.stamp = False, _OTHER_SIZE

    def set_reader(self, read: Reader) -> None:
        """Read files in another way from now on, and forget what was read."""
        self._read = read
        self._forget_asked()
        self._cache.clear()
        self._cache_bytes = 0

    def refresh(self) -> None:
        """Files may have changed: look at each one's time again before it is next shown."""
        for thumbnail in self._cache.values():
            thumbnail.is_fresh = False

    def get(self, path: Path) -> Thumbnail | None:
        """What is at hand of a file; what is not is made, and `ready` tells of it."""
        thumbnail = self._cache.get(path)
        if thumbnail is not None:
            self._cache.move_to_end(path)
        if thumbnail is None or not thumbnail.is_fresh:
            self._ask(path, thumbnail)
        return thumbnail

    def focus(self, in_sight: Sequence[Path], ahead: Sequence[Path]) -> None:
        """Make these from now on and nothing that was asked for before.

        Args:
            in_sight: What a person looks at; it comes first.
            ahead: What they may look at next, the likeliest first.
        """
        at_once = (len(in_sight) + len(ahead)) * 4 * self._side_px**2
        self._most_bytes = max(_CACHE_BYTES, int(_CACHE_ROOM * at_once))
        self._asked.difference_update(self._queue.clear())
        for path in reversed(ahead):
            if path not in self._cache:
                self._ask(path, None)
        for path in reversed(in_sight):
            thumbnail = self._cache.get(path)
            if thumbnail is None or not thumbnail.is_fresh:
                self._ask(path, thumbnail)

    def shutdown(self) -> None:
        """End the threads and wait for them; what is painted after that starts none."""
        self._is_shut_down = True
        self._queue.close()
        for thread in self._threads:
            thread.wait()
        self._threads.clear()
        self._store.close()

    def _forget_asked(self) -> None:
        """What is being made belongs to nobody."""
        self._generation += 1
        self._queue.clear()
        self._asked.clear()

    def _ask(self, path: Path, known: Thumbnail | None) -> None:
        if path in self._asked or self._is_shut_down:
            return
        if not self._threads:
            self._start_threads()
        self._asked.add(path)
        stamp = None if known is None else known.stamp
        # What is packed in one large file is at hand as fast as what could be kept of it.
        store = self._store if self._read is read_image else None
        request = Request(path, self._read, store, self._side_px, stamp, self._generation)
        dropped = self._queue.put(request)
        if dropped is not None:
            self._asked.discard(dropped)

    def _start_threads(self) -> None:
        for _ in range(_THREADS):
            thread = ThumbnailThread(self._queue, self)
            thread.made.connect(self._on_thread_made)
            self._threads.append(thread)
            thread.start(QThread.Priority.LowPriority)

    @Slot(object, object)
    def _on_thread_made(self, request: Request, picture: Picture | None) -> None:
        if request.generation != self._generation:
            return
        self._asked.discard(request.path)
        known = self._cache.pop(request.path, None)
        if known is not None:
            self._cache_bytes -= known.size_bytes
        if picture is not None:
            pixmap = None if picture.image is None else QPixmap.fromImage(picture.image)
            known = Thumbnail(pixmap, picture.reason, picture.stamp)
        if known is None:
            return
        known.is_fresh = True
        self._cache[request.path] = known
        self._cache_bytes += known.size_bytes
        while self._cache_bytes > self._most_bytes:
            self._cache_bytes -= self._cache.popitem(last=False)[1].size_bytes
        if picture is not None:
            self.ready.emit(request.path)
