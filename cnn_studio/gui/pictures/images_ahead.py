"""Images read in the background before they are looked at, a few at a time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from cnn_studio.errors import StudioError
from cnn_studio.gui.jobs import Jobs, Task
from cnn_studio.gui.pictures.thumbnails import Reader
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.vision.images import read_image

_KEPT = 5  # images decoded and at hand: this one, those beside it, and a little of the way back


class ImagesAhead(QObject):
    """Keeps the images that were asked for last.

    Signals:
        read(Path): This image is at hand now.
    """

    read = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._read: Reader = read_image
        self._images: dict[Path, QImage | str] = {}
        self._asked: set[Path] = set()

    def set_reader(self, read: Reader) -> None:
        """Say how images are read, and forget those that were."""
        self._read = read
        self._images.clear()

    def forget(self) -> None:
        """Let go of all images."""
        self._images.clear()

    def at_hand(self, path: Path) -> QImage | str | None:
        """An image, or why it cannot be read; None as long as it is not known."""
        return self._images.get(path)

    def ask(self, path: Path) -> None:
        """Have an image read, unless it is at hand; `read` follows."""
        if path in self._images or path in self._asked:
            return
        self._asked.add(path)
        read = self._read

        def work(_task: Task) -> tuple[Path, QImage | str]:
            try:
                return path, image_of(read(path)).copy()
            except StudioError as error:
                return path, str(error)

        job = self._jobs.create(work)
        job.succeeded.connect(self._on_job_succeeded)
        job.start()

    @Slot(object)
    def _on_job_succeeded(self, answer: tuple[Path, QImage | str]) -> None:
        path, image = answer
        self._asked.discard(path)
        self._images[path] = image
        while len(self._images) > _KEPT:
            self._images.pop(next(iter(self._images)))
        self.read.emit(path)
