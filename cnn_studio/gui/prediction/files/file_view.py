"""One classified file, large, in the place of the camera."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QImage,
    QKeySequence,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.errors import StudioError
from cnn_studio.gui.jobs import Job, Jobs
from cnn_studio.gui.pictures.zoomed_picture import ZoomedPicture
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.live.fitted_label import FittedLabel
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.frame_signs import FLASH_MS, paint_overlay, paint_veil
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.models.runs import open_run
from cnn_studio.prediction.picture_reader import PictureReader
from cnn_studio.untrusted_text import shown
from cnn_studio.vision.images import ImageArray, shrink_to_fit

_LEAST_SIDE = 512
_ZOOM_KEYS = (
    ("Ctrl++", Qt.Key.Key_Plus),
    ("Ctrl+=", Qt.Key.Key_Equal),
    ("Ctrl+-", Qt.Key.Key_Minus),
    ("Ctrl+0", Qt.Key.Key_0),
)
_RADIUS = 6.0


class _Picture(ZoomedPicture):
    """Paints one image as large as fits, as the camera's view does, or says why there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filePicture")
        self.setToolTip(
            self.tr("The wheel looks closer, dragging moves it (Ctrl++, Ctrl+-, Ctrl+0 shows all)")
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._whole_width = 1  # of the file, in its own pixels
        self.overlay: tuple[QImage, QRectF] | None = None
        self.veil = QTimer(self, interval=FLASH_MS, singleShot=True)
        self.veil.timeout.connect(self.update)
        self._message = QLabel(self)
        self._message.setObjectName("fileMessage")
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 32)
        layout.addWidget(self._message)

    def show_image(self, image: QImage | None, message: str, whole: QImage | None = None) -> None:
        self.set_image(image, whole)
        self._whole_width = 1 if whole is None else whole.width()
        self.overlay = None
        self._message.setText(message)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if self.image is None:
            painter.setPen(self._theme.color("line"))
            painter.setBrush(self._theme.color("surface"))
            area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(area, _RADIUS, _RADIUS)
            return
        frame = QPainterPath()
        frame.addRoundedRect(self.zoom.target & QRectF(self.rect()), _RADIUS, _RADIUS)
        painter.setClipPath(frame)
        target = self.paint_image(painter)
        if self.overlay is not None:
            paint_overlay(painter, target, self._whole_width, *self.overlay)
        if self.veil.isActive():
            paint_veil(painter, frame)


@dataclass(frozen=True, eq=False)
class _Reading:
    """What came of a file: `image` for the screen, `whole` and `pixels_rgb` as it is."""

    image: QImage | None
    whole: QImage | None
    pixels_rgb: ImageArray | None
    problem: str


class FileView(QWidget):
    """Shows a file that is read in the background, one at a time, the newest wish first.

    Signals:
        back_requested: The camera should come back.
        read(FileEntry, pixels | None): The file on show as it is: (height, width, 3), uint8, RGB;
            None if it cannot be read any more.
    """

    back_requested = Signal()
    read = Signal(object, object)

    def __init__(self, jobs: Jobs, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fileView")
        self._jobs = jobs
        self._theme = theme
        self._entry: FileEntry | None = None
        self._reading: Job | None = None
        self._read_entry: FileEntry | None = None  # what is being read, or was last
        self._waiting: FileEntry | None = None  # what is to be read after it
        self._picture = _Picture(theme, self)
        does = {
            Qt.Key.Key_Minus: self.tr("Look at the file from farther away"),
            Qt.Key.Key_0: self.tr("Show all of the file"),
        }
        for keys, key in _ZOOM_KEYS:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setAutoRepeat(key != Qt.Key.Key_0)
            shortcut.setWhatsThis(does.get(key, self.tr("Look at the file more closely")))
            shortcut.activated.connect(partial(self._picture.take_key, key))
        self._name = FittedLabel(13, self, elide=Qt.TextElideMode.ElideMiddle)
        self._name.setObjectName("fileName")
        text = self.tr("Back to camera")
        self._back = QPushButton(f" {text}", self)  # a little room after the icon
        self._back.setAccessibleName(text)
        self._back.setObjectName("backToCameraButton")
        self._back.setToolTip(self.tr("Show the camera again (Esc)"))
        self._back.setIconSize(QSize(16, 16))
        self._back.clicked.connect(self.back_requested)
        bar = QHBoxLayout()
        bar.setSpacing(16)
        bar.addWidget(self._back)
        bar.addWidget(self._name, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._picture, 1)
        layout.addLayout(bar)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def image(self) -> QImage | None:
        """The picture on the screen."""
        return self._picture.image

    def open(self, entry: FileEntry) -> None:
        """Show a file, or why there is no picture of it."""
        self._entry = entry
        self._name.setText(entry.name)
        self._name.setToolTip(shown(entry.path))
        self._picture.setAccessibleName(shown(entry.name))
        self._picture.show_image(None, entry.reason if entry.is_unreadable else "")
        self._waiting = None
        if not entry.is_unreadable and self._reading is not None:
            self._waiting = entry
        elif not entry.is_unreadable:
            self._read(entry)

    def set_overlay(self, image: QImage | None, part: QRectF | None = None) -> None:
        """Lay an image over a part of the file, given in its pixels; None for nothing."""
        self._picture.overlay = (image, part) if image is not None and part is not None else None
        self._picture.update()

    def flash(self) -> None:
        """Veil the picture for a moment: it has been taken."""
        self._picture.veil.start()
        self._picture.update()

    def _read(self, entry: FileEntry) -> None:
        self._read_entry = entry
        size = self._picture.size() * self._picture.devicePixelRatio()
        longest_side = max(size.width(), size.height(), _LEAST_SIDE)
        self._reading = self._jobs.create(lambda _task: _read(entry, longest_side))
        self._reading.succeeded.connect(self._on_reading_succeeded)
        self._reading.finished.connect(self._on_reading_finished)
        self._reading.start()

    @Slot(object)
    def _on_reading_succeeded(self, reading: _Reading) -> None:
        if self._read_entry is not self._entry:
            return
        pixels_rgb = reading.pixels_rgb
        self._picture.show_image(reading.image, reading.problem, reading.whole)
        self.read.emit(self._entry, pixels_rgb)

    @Slot()
    def _on_reading_finished(self) -> None:
        self._reading = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._read(waiting)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._back.setIcon(self._theme.icon("capture"))


def _read(entry: FileEntry, longest_side: int) -> _Reading:
    """The job: read a file, no larger than the screen shows it, since painting has no time.

    What is shown is what the model saw, of files of more than 8 bits as well.
    """
    bundle = open_run(entry.model.folder).bundle
    try:
        with PictureReader(bundle.pixel_readings if bundle else None) as reader:
            image_rgb = reader.image(entry.answer.picture)
    except StudioError as error:  # it was there when it was classified
        return _Reading(None, None, None, str(error))
    small = image_of(shrink_to_fit(image_rgb, longest_side))
    return _Reading(small, image_of(image_rgb), image_rgb, "")
