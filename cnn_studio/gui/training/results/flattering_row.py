"""The line under a run's scores that sets the honest figure beside a flattering one."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from cnn_studio.gui.figures import percent, time_left
from cnn_studio.gui.time_left import TimeLeft
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.turned_guard import TurnedGuard
from cnn_studio.models.flattering import Flattering

_KEYS, _STOP_KEYS = "Alt+W", "Alt+Shift+W"


class FlatteringRow(QWidget):
    """Offers to try a random split, says how far that is, and shows both figures.

    Signals:
        asked: The person wants to know what a random split would claim.
        cancel_requested: The person does not want to wait any longer.
        why_requested: They want to read which figure to trust, and why.
    """

    asked = Signal()
    cancel_requested = Signal()
    why_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flatteringRow")
        self._is_working = False
        self._time_left = TimeLeft()
        self._pressed = self.asked
        self._text = QLabel(self)
        self._text.setObjectName("flatteringText")
        self._text.setProperty("role", "quiet")
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._button = QPushButton(self)
        self._button.setObjectName("flatteringButton")
        self._button.clicked.connect(self._on_button_clicked)
        self._turned = TurnedGuard(self._button)
        self._key = ButtonKey(self._button, _KEYS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        self.offer()
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def offer(self) -> None:
        """Offer to try."""
        tip = self.tr(
            "Train once more on a random split, to compare\nSome images belong together, and the "
            "honest split keeps them on one side. It takes as long again."
        )
        self._say("")
        self._show_button(self.tr("What would a random split claim?"), tip)
        self._is_working = False
        self._time_left = TimeLeft()
        self._pressed = self.asked

    def show_progress(self, done: int, total: int) -> None:
        """Say how far the second training is."""
        self._time_left.update(done, total)
        parts = [percent(done / total if total else 0.0, 0)]
        if self._time_left.seconds is not None:
            parts.append(time_left(self._time_left.seconds))
        share = " · ".join(parts)
        self._say(self.tr("Training on a random split: {share}").format(share=share))
        tip = self.tr("End it; the run stays as it is")
        self._show_button(self.tr("Cancel"), tip, _STOP_KEYS)
        self._pressed = self.cancel_requested

    def show_found(self, found: Flattering) -> None:
        """Show both figures."""
        text = self.tr("Honest split {honest}, random split {random}")
        self._say(text.format(honest=percent(found.honest), random=percent(found.random)))
        tip = self.tr("Which figure to trust, how exact they are, and what changed since")
        self._show_button(self.tr("Why?"), tip)
        self._pressed = self.why_requested

    def _say(self, text: str) -> None:
        self._text.setText(text)
        self.show()

    def _show_button(self, text: str, tip: str, keys: str = _KEYS) -> None:
        if text != self._button.text():
            self._turned.turn()
        self._button.setText(text)
        self._button.setAccessibleName(text)
        self._button.setToolTip(tip)
        self._key.set_keys(keys)
        self._button.show()

    @Slot()
    def _on_button_clicked(self) -> None:
        self._pressed.emit()
