"""The line in the checkup that asks for a search for wrong labels, and says how far it is."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from cnn_studio.gui.figures import percent, time_left
from cnn_studio.gui.time_left import TimeLeft
from cnn_studio.gui.widgets.turned_guard import TurnedGuard


class LabelSearchBar(QWidget):
    """A button that begins a search or cancels it, and how far the search is.

    Signals:
        search_requested: Labels that are likely wrong shall be looked for.
        cancel_requested: The search shall end.
    """

    search_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("labelSearchBar")
        self._is_searching = False
        self._text = QLabel(self)
        self._text.setObjectName("labelSearchText")
        self._text.setProperty("role", "quiet")
        self._button = QPushButton(self)
        self._button.setObjectName("labelSearchButton")
        self._button.setAutoDefault(False)  # Enter is for the findings
        self._button.clicked.connect(self._on_button_clicked)
        self._turned = TurnedGuard(self._button)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._text)
        row.addWidget(self._button)
        self.set_idle()

    @property
    def text(self) -> str:
        """What it says beside the button."""
        return self._text.text()

    def set_idle(self) -> None:
        """No search is under way."""
        self._is_searching = False
        self._time_left = TimeLeft()
        self._text.clear()
        keys = QKeySequence("Ctrl+L")
        tip = self.tr(
            "Networks judge images that they have not learned from; it takes minutes ({key})"
        ).format(key=keys.toString(QKeySequence.SequenceFormat.NativeText))
        self._set_button(self.tr("Look for wrong labels"), tip)
        self._button.setShortcut(keys)

    def set_progress(self, done: int, total: int) -> None:
        """Say how far the search is; before its first step TensorFlow is being loaded."""
        self._is_searching = True
        self._time_left.update(done, total)
        parts = [percent(done / total if total else 0.0, 0)]
        if self._time_left.seconds is not None:
            parts.append(time_left(self._time_left.seconds))
        self._text.setText(
            self.tr("Looking for wrong labels: {share}").format(share=" · ".join(parts))
            if done
            else self.tr("Getting TensorFlow ready, about 5 seconds")
        )
        keys = QKeySequence("Ctrl+.")
        tip = self.tr("End the search; what was found stays ({key})")
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        self._set_button(self.tr("Cancel"), tip.format(key=native))
        self._button.setShortcut(keys)

    def _set_button(self, text: str, tip: str) -> None:
        if self._button.text() != text:
            self._button.setText(text)
            self._button.setAccessibleName(text)
            self._button.setToolTip(tip)
            self._turned.turn()

    @Slot()
    def _on_button_clicked(self) -> None:
        if self._is_searching:
            self.cancel_requested.emit()
        else:
            self.search_requested.emit()
