"""Shows how trying a network camera's address goes: waiting, a picture, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.vision.images import ImageArray

_PICTURE = QSize(160, 120)
_ICON = 32


class TrialView(QWidget):
    """A small picture, and beside it a word and a sentence."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = QLabel(self)
        self._picture.setObjectName("trialPicture")
        self._picture.setFixedSize(_PICTURE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(self)
        self._title.setObjectName("trialTitle")
        self._text = QLabel(self)
        self._text.setObjectName("trialText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._text)
        words.addWidget(self._progress)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addWidget(self._picture)
        layout.addLayout(words, 1)

    def show_hint(self, text: str) -> None:
        """Nothing has been tried."""
        self._show("network", "text_quiet", "", text)

    def show_waiting(self, text: str) -> None:
        """It is being tried."""
        self._show("network", "accent", "", text, waiting=True)

    def show_picture(self, image_rgb: ImageArray, title: str, text: str) -> None:
        """A picture has come: (height, width, 3), uint8, RGB."""
        self._show("check", "good", title, text, role="good")
        ratio = self.devicePixelRatioF()
        inside = self._picture.contentsRect().size()
        scaled = image_of(image_rgb).scaled(
            inside * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        scaled.setDevicePixelRatio(ratio)
        self._picture.setPixmap(QPixmap.fromImage(scaled))

    def show_problem(self, title: str, sentence: str) -> None:
        """No picture came."""
        self._show("no-camera", "record", title, sentence, role="error")

    def _show(
        self,
        icon: str,
        token: str,
        title: str,
        text: str,
        *,
        role: str = "",
        waiting: bool = False,
    ) -> None:
        self._picture.setPixmap(self._theme.icon(icon, token).pixmap(_ICON, _ICON))
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._title.setProperty("role", role)
        self._title.style().unpolish(self._title)
        self._title.style().polish(self._title)
        self._text.setText(text)
        self._text.setProperty("role", "" if role else "quiet")
        self._text.style().unpolish(self._text)
        self._text.style().polish(self._text)
        self._progress.setVisible(waiting)
