"""Small pictures of image files, made beside the window: the ones asked for last come first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from cnn_studio.errors import StudioError
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.vision.images import ImageArray, read_image, shrink_to_fit
from cnn_studio.vision.preparation import guide_square

Reader = Callable[[Path], ImageArray]

_THREADS = 2
_MOST_WAITING = 256  # a few screens; what was scrolled past is asked for again when seen again
_CACHE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One picture to make.

    Attributes:
        path: The file.
        read: How to read it.
        side_px: Width and height of the picture.
        known_stamp: The file's time when the picture at hand was made; None if there is none.
        generation: Answers to an older generation are dropped.
    """

    path: Path
    read: Reader
    side_px: int
    known_stamp: int | None
    generation: int


@dataclass(frozen=True)
class Picture:
    """What became of a request.

    Attributes:
        image: The middle square of the image; None if it cannot be read.
        reason: Why it cannot be read, as a sentence.
        stamp: The file's time of change in ns; 0 where there is no file.
    """

    image: QImage | None
    reason: str
    stamp: int


@dataclass
class Thumbnail:
    """What the cache holds of a file.

    Attributes:
        pixmap: The middle square of the image; None if it cannot be read.
        reason: Why it cannot be read, as a sentence.
        stamp: The file's time of change in ns.
        is_fresh: Whether the file has been looked at since `Thumbnails.refresh`.
    """

    pixmap: QPixmap | None
    reason: str
    stamp: int
    is_fresh: bool = True

    @property
    def size_bytes(self) -> int:
        """What it takes of the cache."""
        if self.pixmap is None:
            return 1024
        return self.pixmap.width() * self.pixmap.height() * 4


class _Queue:
    """Requests between the window and the threads; last in, first out, and bounded."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requests: OrderedDict[Path, Request] = OrderedDict()
        self._closed = False

    def put(self, request: Request) -> Path | None:
        """Add a request; returns the path of the one that was dropped for it, if one was."""
        with self._changed:
            self._requests[request.path] = request
            self._requests.move_to_end(request.path)
            self._changed.notify()
            if len(self._requests) > _MOST_WAITING:
                return self._requests.popitem(last=False)[0]
            return None

    def take(self) -> Request | None:
        """Wait for a request; None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._requests))
            return None if self._closed else self._requests.popitem()[1]

    def clear(self) -> None:
        with self._changed:
            self._requests.clear()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class _ThumbnailThread(QThread):
    """Makes pictures until the queue is closed."""

    made = Signal(object, object)

    def __init__(self, queue: _Queue, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("thumbnails")
        self._queue = queue

    def run(self) -> None:
        while (request := self._queue.take()) is not None:
            self.made.emit(request, make_picture(request))


class Thumbnails(QObject):
    """Hands out what it has and makes what it has not.

    Signals:
        ready(Path): The picture of this file is there now, or it is known why there is none.
    """

    ready = Signal(object)

    def __init__(self, side_px: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side_px = side_px
        self._read: Reader = read_image
        self._generation = 0
        self._queue = _Queue()
        self._threads: list[_ThumbnailThread] = []
        self._asked: set[Path] = set()
        self._cache: OrderedDict[Path, Thumbnail] = OrderedDict()
        self._cache_bytes = 0

    def set_side(self, side_px: int) -> None:
        """Make pictures of another size from now on, for a screen of another scale."""
        if side_px != self._side_px:
            self._side_px = side_px
            self.set_reader(self._read)

    def set_reader(self, read: Reader) -> None:
        """Read files in another way from now on, and forget what was read."""
        self._read = read
        self._generation += 1
        self._queue.clear()
        self._asked.clear()
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

    def shutdown(self) -> None:
        """End the threads and wait for them."""
        self._queue.close()
        for thread in self._threads:
            thread.wait()
        self._threads.clear()

    def _ask(self, path: Path, known: Thumbnail | None) -> None:
        if path in self._asked:
            return
        if not self._threads:
            self._start_threads()
        self._asked.add(path)
        stamp = None if known is None else known.stamp
        request = Request(path, self._read, self._side_px, stamp, self._generation)
        dropped = self._queue.put(request)
        if dropped is not None:
            self._asked.discard(dropped)

    def _start_threads(self) -> None:
        for _ in range(_THREADS):
            thread = _ThumbnailThread(self._queue, self)
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
        while self._cache_bytes > _CACHE_BYTES:
            self._cache_bytes -= self._cache.popitem(last=False)[1].size_bytes
        if picture is not None:
            self.ready.emit(request.path)


def make_picture(request: Request) -> Picture | None:
    """Read a file and make its picture; None if the file is as it was when last looked at."""
    try:
        stamp = request.path.stat().st_mtime_ns
    except OSError:  # gone, or the name of an image inside a packed file; the reader knows
        stamp = 0
    if stamp == request.known_stamp:
        return None
    try:
        image = request.read(request.path)
    except StudioError as error:
        return Picture(None, str(error), stamp)
    return Picture(_small_square(image, request.side_px), "", stamp)


def _small_square(image: ImageArray, side_px: int) -> QImage:
    top, left, side = guide_square(*image.shape[:2])
    square = np.ascontiguousarray(image[top : top + side, left : left + side])
    if side >= side_px:
        return image_of(shrink_to_fit(square, side_px)).convertToFormat(QImage.Format.Format_RGB32)
    return image_of(square).convertToFormat(QImage.Format.Format_RGB32)
