"""The live answer for a whole room: the picture and what it shows, on all of the screen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cnn_studio.gui.prediction.live.answer_panel import AnswerPanel
from cnn_studio.gui.prediction.live.text_size import ROOM
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.frame_view import FrameGiver, FrameView

_MARGIN = 32
_SHOWN_ROWS = 5
_HEAD_PX = 240  # the name in up to two lines, what it is most like, and air


class RoomView(QWidget):
    """A window without a frame; Escape or F11 leaves it.

    Signals:
        left: It has been closed.
        freeze_requested: The picture shall stand still, or go on.
        heat_requested: The picture shall show where the network looks, or no longer.
    """

    left = Signal()
    freeze_requested = Signal()
    heat_requested = Signal()

    def __init__(self, studio: Studio, source: FrameGiver, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("roomView")
        self.setWindowTitle(self.tr("CNN Studio, live"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme = studio.theme
        self.frames = FrameView(source, studio.theme, self)
        self.answer = AnswerPanel(studio.theme, self, size=ROOM)
        self.answer.set_shown_rows(_SHOWN_ROWS)
        # So it stands in the middle.
        self.answer.setMaximumHeight(_HEAD_PX + _SHOWN_ROWS * ROOM.row)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        row.setSpacing(_MARGIN)
        row.addWidget(self.frames, 3)
        row.addWidget(self.answer, 2)
        for key, wanted in (
            ("Escape", self.close),
            ("F11", self.close),
            ("F", self.freeze_requested),
            ("H", self.heat_requested),
        ):
            shortcut = QShortcut(QKeySequence(key), self, autoRepeat=False)
            shortcut.activated.connect(wanted)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.color("ground"))

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self.left.emit()
