"""How the small picture of an image file is made, on threads beside the window."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtGui import QImage

from cnn_studio.data.thumbnail_store import Stamp, ThumbnailStore
from cnn_studio.errors import ImageError, StudioError
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.vision.images import (
    ImageArray,
    decode_image,
    encode_jpeg,
    read_image,
    shrink_to_fit,
)
from cnn_studio.vision.preparation import guide_square

Reader = Callable[[Path], ImageArray]

_MOST_WAITING = 256  # a few screens; what was scrolled past is asked for again when seen again
_KEPT_QUALITY = 90
_KEPT_SIDE_PX, _KEPT_FILE_BYTES = 272, 256 << 10
_NO_FILE = (0, 0)


@dataclass(frozen=True)
class Request:
    """One picture to make.

    Attributes:
        path: The file.
        read: How to read it.
        store: Where its picture may be found, and is kept; None for what is no file of its own.
        side_px: Width and height of the picture.
        known_stamp: The file's stamp when the picture at hand was made; None if there is none.
        generation: Answers to an older generation are dropped.
    """

    path: Path
    read: Reader
    store: ThumbnailStore | None
    side_px: int
    known_stamp: Stamp | None
    generation: int


@dataclass(frozen=True)
class Picture:
    """What became of a request.

    Attributes:
        image: The middle square of the image; None if it cannot be read.
        reason: Why it cannot be read, as a sentence.
        stamp: The file's time of change in ns and its size; zeros where there is no file.
    """

    image: QImage | None
    reason: str
    stamp: Stamp


class RequestQueue:
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

    def clear(self) -> list[Path]:
        """Drop what waits; returns the paths of it."""
        with self._changed:
            waiting = list(self._requests)
            self._requests.clear()
            return waiting

    def close(self) -> None:
        """Let the threads end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class ThumbnailThread(QThread):
    """Makes pictures until the queue is closed.

    Signals:
        made(Request, Picture | None): What became of a request; see `make_picture`.
    """

    made = Signal(object, object)

    def __init__(self, queue: RequestQueue, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("thumbnails")
        self._queue = queue

    def run(self) -> None:
        while (request := self._queue.take()) is not None:
            self.made.emit(request, make_picture(request))


def make_picture(request: Request) -> Picture | None:
    """Read a file and make its picture; None if the file is as it was when last looked at."""
    path, side_px, store = request.path, request.side_px, request.store
    try:
        status = path.stat()
        stamp = status.st_mtime_ns, status.st_size
    except OSError:  # gone, or the name of an image inside a packed file; the reader knows
        stamp, store = _NO_FILE, None
    if stamp == request.known_stamp:
        return None
    kept = store.find(path, side_px, stamp) if store is not None else None
    if kept is not None:
        with suppress(ImageError):
            return Picture(_for_screen(decode_image(kept, path.name)), "", stamp)
    try:
        image = read_image(path, side_px) if store is not None else request.read(path)
    except StudioError as error:
        return Picture(None, str(error), stamp)
    top, left, side = guide_square(*image.shape[:2])
    square = np.ascontiguousarray(image[top : top + side, left : left + side])
    if side >= side_px:
        square = shrink_to_fit(square, side_px)
        # Smaller images are read as fast as what could be kept of them. Large pictures are kept of
        # large files only, or they would crowd out the others.
        if store is not None and (side_px <= _KEPT_SIDE_PX or stamp[1] >= _KEPT_FILE_BYTES):
            store.keep(path, side_px, stamp, encode_jpeg(square, _KEPT_QUALITY))
    return Picture(_for_screen(square), "", stamp)


def _for_screen(square: ImageArray) -> QImage:
    return image_of(square).convertToFormat(QImage.Format.Format_RGB32)
