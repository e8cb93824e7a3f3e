"""Samples as a training would vary them, and a sentence on what is seen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cnn_studio.gui.training.augmentation.preview_state import PreviewPhase
from cnn_studio.gui.training.augmentation.samples_grid import SamplesGrid
from cnn_studio.vision.images import ImageArray

_SHUFFLE_KEYS = "Ctrl+R"
_GAP_PX = 16


class PreviewPanel(QWidget):
    """Shows what it is given.

    Signals:
        shuffle_requested: Another draw is wanted.
    """

    shuffle_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("previewPanel")
        self._grid = SamplesGrid(self)
        self._text = QLabel(self)
        self._text.setObjectName("previewText")
        self._text.setProperty("role", "quiet")
        self._text.setWordWrap(True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._shuffle = QPushButton(self.tr("Shuffle"), self)
        self._shuffle.setObjectName("shufflePreviewButton")
        self._shuffle.setAccessibleName(self._shuffle.text())
        self._shuffle.setShortcut(QKeySequence(_SHUFFLE_KEYS))
        keys = self._shuffle.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._shuffle.setToolTip(
            self.tr("Vary the same images at random once more ({keys})").format(keys=keys)
        )
        self._shuffle.setAutoDefault(False)
        self._shuffle.clicked.connect(self.shuffle_requested)
        foot = QHBoxLayout()
        foot.setSpacing(_GAP_PX)
        foot.addWidget(self._text, 1)
        foot.addWidget(self._shuffle, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._grid)
        column.addLayout(foot)
        column.addStretch(1)
        self._keep_room()
        self.show_phase(PreviewPhase.READING, None)

    def show_phase(
        self, phase: PreviewPhase, pictures: ImageArray | None, reason: str = ""
    ) -> None:
        """Show pictures (n, size, size, channels), uint8, or None, and say what they are.

        Args:
            phase: What is on show, and why.
            pictures: The samples.
            reason: More on what went wrong, for those who ask; "" if nothing did.
        """
        self._text.setToolTip(reason)
        self._grid.set_pictures(pictures)
        if phase is not PreviewPhase.VARYING:  # it takes a moment only: no flicker of texts
            self._text.setText(self._sentences()[phase])
        self._shuffle.setEnabled(phase in (PreviewPhase.VARIED, PreviewPhase.VARYING))

    def show_problem(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self._grid.hide()  # a sentence from elsewhere may be long
        self._shuffle.hide()
        self._text.setFixedWidth(self._grid.width())
        self._text.setText(sentence)

    def _keep_room(self) -> None:
        """Give the text the height of its longest sentence, so that nothing moves."""
        self._text.ensurePolished()
        self._shuffle.ensurePolished()
        width = self._grid.width() - self._shuffle.sizeHint().width() - _GAP_PX
        heights = []
        for sentence in self._sentences().values():
            self._text.setText(sentence)
            heights.append(self._text.heightForWidth(width))
        self._text.setFixedWidth(width)
        self._text.setMinimumHeight(max(heights))

    def _sentences(self) -> dict[PreviewPhase, str]:
        return {
            PreviewPhase.READING: self.tr("Reading some samples …"),
            PreviewPhase.EMPTY: self.tr(
                "No images to vary yet. Capture, import or fetch some first."
            ),
            PreviewPhase.UNVARIED: self.tr("As they are; nothing is varied."),
            PreviewPhase.WARMING: self.tr("As they are. Getting TensorFlow ready …"),
            PreviewPhase.ENGINELESS: self.tr(
                "As they are, since TensorFlow does not run. Open this again to try once more."
            ),
            PreviewPhase.BUSY: self.tr("As they are, since a training is under way."),
            PreviewPhase.VARIED: self.tr(
                "As the network may see them, varied differently in every epoch."
            ),
            PreviewPhase.FAILED: self.tr(
                "As they are: they could not be varied. Try other strengths."
            ),
        }
