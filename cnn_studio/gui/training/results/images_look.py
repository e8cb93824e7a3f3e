"""Walks through the images of the dialog one by one, each shown large."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from cnn_studio.data.samples import Sample
from cnn_studio.gui.figures import whole
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.pictures.images_ahead import ImagesAhead
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.pictures.thumbnails import Reader

_NUMBER_KEYS = 9


class ImagesLook(QObject):
    """Shows one image, and says which one; what is known of it stands elsewhere.

    Args:
        view: Lies over the thumbnails.
        classes: What the number keys call an image; none where it cannot be moved.
        read: How images are read.
        jobs: Where they are read.

    Signals:
        stepped(Sample): This one is on show.
        class_chosen(Sample, str): It shall go to this class.
    """

    stepped = Signal(object)
    class_chosen = Signal(object, str)

    def __init__(
        self, view: LargeView, classes: Sequence[str], read: Reader, jobs: Jobs, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._classes = list(classes)
        self._images = ImagesAhead(jobs, self)
        self._images.set_reader(read)
        self._samples: Sequence[Sample] = ()
        self._place = 0
        self._images.read.connect(self._on_images_read)
        view.step_requested.connect(self._on_view_step_requested)
        view.class_requested.connect(self._on_view_class_requested)
        view.closed.connect(self._images.forget)

    def look(self, samples: Sequence[Sample], place: int) -> None:
        """Show one of these samples; the arrows walk through the others."""
        self._samples, self._place = samples, place
        self._view.open()
        self._show()

    def follow(self, samples: Sequence[Sample]) -> None:
        """Other samples are there now; show the same one, or the one in its place."""
        if not self._view.isVisible():
            return
        shown = self._samples[self._place]
        if not samples:
            self._view.close_view()
            return
        where = next((place for place, each in enumerate(samples) if each == shown), None)
        self._samples = samples
        self._place = min(self._place, len(samples) - 1) if where is None else where
        self._show()

    def _show(self) -> None:
        sample = self._samples[self._place]
        self._show_image(sample.path)
        caption = self.tr("{name} · {place} of {count}").format(
            name=sample.class_name, place=whole(self._place + 1), count=whole(len(self._samples))
        )
        self._view.set_texts(caption, "", self._hint())  # what is known stands below it
        for place in (self._place, self._place + 1, self._place - 1):
            if 0 <= place < len(self._samples):
                self._images.ask(self._samples[place].path)
        self.stepped.emit(sample)

    def _show_image(self, path: Path) -> None:
        image = self._images.at_hand(path)
        if isinstance(image, QImage):
            self._view.set_image(image)
        else:
            self._view.set_image(None, image or "")

    def _hint(self) -> str:
        if not self._classes:
            return self.tr("Left and Right walk · Esc goes back")
        keys = " · ".join(f"{n} {name}" for n, name in enumerate(self._classes[:_NUMBER_KEYS], 1))
        return self.tr("{keys}\nLeft and Right walk · Del deletes · X leaves it out · Esc").format(
            keys=keys
        )

    @Slot(object)
    def _on_images_read(self, path: Path) -> None:
        if self._view.isVisible() and path == self._samples[self._place].path:
            self._show_image(path)

    @Slot(int)
    def _on_view_step_requested(self, step: int) -> None:
        place = self._place + step
        if 0 <= place < len(self._samples):
            self._place = place
            self._show()

    @Slot(int)
    def _on_view_class_requested(self, number: int) -> None:
        if number <= len(self._classes):
            self.class_chosen.emit(self._samples[self._place], self._classes[number - 1])
