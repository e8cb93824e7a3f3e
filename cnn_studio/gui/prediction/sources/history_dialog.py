"""What was said in the last minutes: a small window beside the live picture."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.figures import whole
from cnn_studio.gui.prediction.sources.class_colouring import ClassColouring
from cnn_studio.gui.prediction.sources.class_legend import ClassLegend
from cnn_studio.gui.prediction.sources.history_strip import HistoryStrip
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.prediction.history import History
from cnn_studio.prediction.timeline import segments, shares

_MINUTES = (1, 3, 10)
_INTERVAL_MS = 500
_LONGEST_S = 1.0  # an answer holds for so long if no other one comes
_SLOTS = 300  # over the whole strip: what is shorter cannot be seen
_MOMENTS = 8 * _SLOTS  # a look at all of 18,000 would hold the window up
_WIDTH = 640


class HistoryDialog(QDialog):
    """Follows the history while it is open; the window behind it goes on.

    Signals:
        export_requested: The history shall be written to a file.
    """

    export_requested = Signal()

    def __init__(
        self,
        history: History,
        colouring: ClassColouring,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("liveHistoryDialog")
        self.setWindowTitle(self.tr("History of the last minutes"))
        self._history = history
        self._minutes = QComboBox(self)
        self._minutes.setObjectName("historyMinutes")
        self._minutes.setAccessibleName(self.tr("How far back"))
        self._minutes.setToolTip(self.tr("How many minutes are shown"))
        for minutes in _MINUTES:
            text = self.tr("Last minute") if minutes == 1 else self.tr("Last {count} minutes")
            self._minutes.addItem(text.format(count=minutes), minutes)
        self._count = QLabel(self)
        self._count.setObjectName("historyCount")
        self._count.setProperty("role", "quiet")
        self._strip = HistoryStrip(colouring, theme, self)
        self._legend = ClassLegend(colouring, theme, self)
        self._export = dialog_button(
            self,
            "exportHistory",
            self.tr("Export …"),
            self.tr("Write all ten minutes to a CSV or JSON file (Ctrl+S)"),
        )
        self._export.setShortcut(QKeySequence("Ctrl+S"))
        self._clear = dialog_button(
            self, "clearHistory", self.tr("Clear"), self.tr("Clear the history")
        )
        self._close = dialog_button(
            self,
            "closeHistory",
            self.tr("Close"),
            self.tr("Close this window; answers are still kept (Esc)"),
        )
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._lay_out()
        self._connect()
        self.resize(_WIDTH, self.sizeHint().height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def refresh(self) -> None:
        """Show what there is now."""
        length_s = 60.0 * self._minutes.currentData()
        moments = self._history.moments(length_s, _MOMENTS)
        to_s = time.time()
        found = [
            each
            for each in segments(moments, _LONGEST_S, slot_s=length_s / _SLOTS)
            if each.to_s > to_s - length_s
        ]
        self._strip.set_segments(found, to_s - length_s, to_s)
        model = self._history.model
        self._legend.set_shares(shares(each for each in found if each.model == model))
        count = len(self._history)
        text = self.tr("Nothing has been classified yet.")
        if count == 1:
            text = self.tr("1 frame is kept")
        elif count:
            text = self.tr("{count} frames are kept").format(count=whole(count))
        self._count.setText(text)
        for button in (self._export, self._clear):
            button.setEnabled(count > 0)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._minutes)
        head.addStretch(1)
        head.addWidget(self._count)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._clear)
        foot.addStretch(1)
        foot.addWidget(self._export)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self._strip)
        layout.addWidget(self._legend)
        layout.addStretch(1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.refresh)
        self._minutes.currentIndexChanged.connect(self.refresh)
        self._export.clicked.connect(self.export_requested)
        self._clear.clicked.connect(self._on_clear_clicked)
        self._close.clicked.connect(self.close)

    @Slot()
    def _on_clear_clicked(self) -> None:
        self._history.clear()
        self.refresh()
