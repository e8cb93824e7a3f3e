"""A row of small pictures under the augmentation: what it makes of an image of the dataset."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QImage, QKeySequence, QPainter, QPaintEvent, QPalette, QPen, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from cnn_studio.gui.training.augmentation.samples_grid import paint_samples, samples_size
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.training.strengths import Augmentation
from cnn_studio.vision.images import ImageArray

_CELL_PX = 58
_KEYS = "Alt+Y"


class VariedStrip(QAbstractButton):
    """Shows what it is given; hidden where nothing is varied. A click asks for another draw.

    Signals:
        wanted_changed: Pictures of other strengths or of another size are wanted, or none.
        shown: It has come onto the screen.
    """

    wanted_changed = Signal()
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("variedStrip")
        self.setAccessibleName(self.tr("What the augmentation makes of an image"))
        self.setShortcut(QKeySequence(_KEYS))
        native = self.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("Show another of your images as the network may see it")
        self.setToolTip(f"{tip} ({native})")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._images: list[QImage] = []
        self._strengths = Augmentation.OFF
        self._image_size = 0
        self._is_possible = True
        self._show_or_hide()

    @property
    def strengths(self) -> Augmentation:
        """How strongly the pictures are to be varied."""
        return self._strengths

    @property
    def image_size(self) -> int:
        """The side of the images that are trained on, pixels."""
        return self._image_size

    @property
    def is_wanted(self) -> bool:
        """Whether it is on the screen, or would be if it had pictures."""
        parent = self.parentWidget()
        return self._strengths != Augmentation.OFF and (parent is None or parent.isVisible())

    @property
    def count(self) -> int:
        """How many pictures are on show."""
        return len(self._images)

    def set_wanted(self, strengths: Augmentation, image_size: int) -> None:
        """Say what the pictures are to show; nothing is shown for Off."""
        if (strengths, image_size) != (self._strengths, self._image_size):
            self._strengths, self._image_size = strengths, image_size
            self._show_or_hide()
            self.wanted_changed.emit()

    def set_pictures(self, pixels: ImageArray | None, *, is_possible: bool) -> None:
        """Show pictures (n, size, size, channels), uint8; None while they are being made.

        Args:
            pixels: Up to four.
            is_possible: Whether there will be any; without an image or an engine there are none.
        """
        self._images = [] if pixels is None else [image_of(one) for one in pixels]
        self._is_possible = is_possible
        self._show_or_hide()
        self.update()

    def sizeHint(self) -> QSize:
        return samples_size(1, _CELL_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_samples(painter, self, self._images, 1, _CELL_PX)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _show_or_hide(self) -> None:
        self.setVisible(self._strengths != Augmentation.OFF and self._is_possible)
