"""The question before the window closes while work is under way: all of it, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from cnn_studio.gui.activities import Activity
from cnn_studio.gui.activity_row import ActivityRow
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.work_notes import Halt

_WIDTH = 480
_LOOK_MS = 250


class ClosingDialog(QDialog):
    """Shows the work as it goes on, and asks; Esc is "do not close".

    Signals:
        finish_requested: The window is to close once all is done.
        stop_requested(Halt): All is to end early, and then the window is to close.
        close_requested: All is done by now, and the window is to close.
    """

    finish_requested = Signal()
    stop_requested = Signal(object)
    close_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("closeQuestion")
        self.setWindowTitle(self.tr("Close CNN Studio?"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        self._rows: dict[Activity, ActivityRow] = {}
        self._heading = QLabel(self)
        self._heading.setObjectName("closeHeading")
        self._heading.setProperty("role", "title")
        self._work = QVBoxLayout()
        self._work.setSpacing(16)
        self._make_buttons()
        self._lay_out()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._timer.start()

    def set_activities(self, activities: Sequence[Activity]) -> None:
        """Show what is under way; what has ended stays on show, as done."""
        for activity in activities:
            if activity not in self._rows:
                self._add(activity)
        running = [activity for activity in self._rows if not activity.is_over]
        can_take_back = any(activity.about.can_take_back for activity in running)
        if len(running) == 1:
            text = self.tr("This is still under way:")
        else:
            text = self.tr("These are still under way:")
        self._heading.setText(text if running else self.tr("All is done."))
        for button in (self._finish, self._stop):
            button.setVisible(bool(running))
        self._take_back.setVisible(can_take_back)
        self._close.setVisible(not running)
        keep = self.tr("Stop and keep these") if can_take_back else self.tr("Stop and close")
        self._stop.setText(keep)
        self._stop.setAccessibleName(keep)
        (self._finish if running else self._close).setDefault(True)
        self.adjustSize()

    def _add(self, activity: Activity) -> None:
        row = self._rows[activity] = ActivityRow(activity, self, has_buttons=False)
        about = QLabel(self)
        about.setObjectName("howItEnds")
        about.setProperty("role", "quiet")
        about.setWordWrap(True)
        text = activity.about.how_it_ends
        if activity.about.can_take_back:
            text = self.tr("{text}, or is taken back").format(text=text)
        about.setText(self.tr("If it is stopped: {text}.").format(text=text))
        pair = QVBoxLayout()
        pair.setSpacing(4)
        pair.addWidget(row)
        pair.addWidget(about)
        self._work.addLayout(pair)

    def _make_buttons(self) -> None:
        self._finish = self._button(
            "finishAndClose",
            self.tr("Finish, then close"),
            self.tr("The window stays until all is done, and closes by itself (Enter)"),
        )
        self._finish.setProperty("kind", "primary")
        self._stop = self._button(
            "stopAndClose", "", self.tr("End it now, keep what is done, and close (Ctrl+K)")
        )
        self._take_back = self._button(
            "takeBackAndClose",
            self.tr("Stop and take these back"),
            self.tr("End it now; all is as it was before, what came in lies in the trash (Ctrl+Z)"),
        )
        self._close = self._button(
            "closeNow", self.tr("Close"), self.tr("Close the window (Enter)")
        )
        self._close.setProperty("kind", "primary")
        self._stay = self._button(
            "doNotClose", self.tr("Do not close"), self.tr("Go on as if nothing had been (Esc)")
        )
        self._finish.clicked.connect(self._on_finish)
        self._stop.clicked.connect(self._on_stop)
        self._take_back.clicked.connect(self._on_take_back)
        self._close.clicked.connect(self._on_close)
        self._stay.clicked.connect(self.reject)
        for keys, slot in (("Ctrl+K", self._on_stop), ("Ctrl+Z", self._on_take_back)):
            key = QShortcut(QKeySequence(keys), self)
            key.setAutoRepeat(False)
            key.activated.connect(slot)

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        return dialog_button(self, name, text, tip)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addSpacing(8)
        column.addLayout(self._work)
        column.addSpacing(16)
        for button in (self._finish, self._stop, self._take_back, self._close, self._stay):
            column.addWidget(button)

    @Slot()
    def _on_timer_timeout(self) -> None:
        for activity, row in self._rows.items():
            if not activity.is_over:
                row.refresh()

    @Slot()
    def _on_finish(self) -> None:
        self.finish_requested.emit()
        self.accept()

    @Slot()
    def _on_stop(self) -> None:
        if self._stop.isVisible():
            self.stop_requested.emit(Halt.KEEP)
            self.accept()

    @Slot()
    def _on_take_back(self) -> None:
        if self._take_back.isVisible():
            self.stop_requested.emit(Halt.TAKE_BACK)
            self.accept()

    @Slot()
    def _on_close(self) -> None:
        self.close_requested.emit()
        self.accept()
