"""The line above the table of files: how many, how far, how right, and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QWidget

from cnn_studio.gui.figures import percent, short, time_left, whole
from cnn_studio.gui.prediction.files.file_actions import FileActions
from cnn_studio.gui.prediction.files.filter_bar import FileFilterBar
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.time_left import TimeLeft
from cnn_studio.gui.widgets.buttons import icon_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel

_SCORES_KEY = "Ctrl+M"


class FilesHead(QWidget):
    """Shows the state of the list and asks.

    Signals:
        cancel_requested, again_requested, clear_requested: The button of that name was pressed.
        room_requested(bool): The list shall have all the room there is, or no more.
        scores_toggled(bool): The matrix shall be shown, which takes that room, or no more.
    """

    cancel_requested = Signal()
    again_requested = Signal()
    clear_requested = Signal()
    room_requested = Signal(bool)
    scores_toggled = Signal(bool)

    def __init__(self, theme: Theme, actions: FileActions, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.filter = FileFilterBar(theme, self)
        self._count = ElidedLabel(self)
        self._count.setObjectName("fileCount")
        self._count.setProperty("role", "quiet")
        self._progress = QProgressBar(self)
        self._progress.setObjectName("fileProgress")
        self._progress.setAccessibleName(self.tr("Files classified"))
        self._progress.setTextVisible(False)
        self._progress.setMinimumWidth(48)
        self._time_left = TimeLeft()
        self._left = QLabel(self)
        self._left.setObjectName("fileTimeLeft")
        self._left.setProperty("role", "quiet")
        self._cancel = self._button("cancelFilesButton", self.tr("Cancel"), "Ctrl+.")
        self._cancel.setToolTip(self.tr("Stop classifying and keep the answers so far (Ctrl+.)"))
        self._cancel.clicked.connect(self.cancel_requested)
        self._scores = self._button("fileScoresButton", "", _SCORES_KEY)
        self._scores.setCheckable(True)
        self._scores.toggled.connect(self._on_scores_toggled)
        self._again = self._button("classifyAgainButton", self.tr("Classify again"), "Ctrl+R")
        self._again.setToolTip(
            self.tr("Classify the files that the chosen model has not seen (Ctrl+R)")
        )
        self._again.clicked.connect(self.again_requested)
        self._clear = self._button("clearFilesButton", self.tr("Clear"), "Ctrl+L")
        self._clear.setToolTip(self.tr("Empty this list; the files stay where they are (Ctrl+L)"))
        self._clear.clicked.connect(self.clear_requested)
        self._add = icon_button(
            self, "addFilesButton", self.tr("Add files, and which frames of videos")
        )
        self._add.setMenu(actions.adding)
        self._save = icon_button(
            self, "saveFilesButton", self.tr("Copy these files, or save the answers")
        )
        self._save.setMenu(actions.saving)
        for button in (self._add, self._save):
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._room = icon_button(
            self, "fileRoomButton", self.tr("Show the list over the whole tab (Ctrl+E)")
        )
        self._room.setCheckable(True)
        self._room.setShortcut(QKeySequence("Ctrl+E"))
        self._room.toggled.connect(self.room_requested)
        self._room.toggled.connect(self._on_room_toggled)
        self._lay_out()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_accuracy(None)

    def show_count(self, listed: int, total: int, unreadable: int, selected: int) -> None:
        """Say how many files there are, are listed, cannot be read and are selected."""

        def text(say: Callable[[int], str]) -> str:
            many = self.tr("{count} files").format(count=say(total))
            files = self.tr("1 file") if total == 1 else many
            if listed != total:
                files = self.tr("{listed} of {files}").format(listed=say(listed), files=files)
            words = [files]
            if unreadable:
                words.append(self.tr("{count} unreadable").format(count=say(unreadable)))
            if selected > 1:
                words.append(self.tr("{count} selected").format(count=say(selected)))
            return " · ".join(words)

        self._count.set_texts(text(whole), text(short))

    def show_progress(self, done: int, total: int) -> None:
        """Say how far the work is; (0, 0) if that is not known yet."""
        self._progress.setRange(0, total)
        self._progress.setValue(done)
        if not total:
            self._time_left = TimeLeft()
        self._time_left.update(done, total)
        seconds = self._time_left.seconds
        self._left.setText("" if seconds is None else time_left(seconds))

    def show_running(self, *, running: bool, unasked: bool) -> None:
        """Say whether files are being classified, and whether the model has still to see some."""
        self._progress.setVisible(running)
        self._left.setVisible(running)
        self._cancel.setVisible(running)
        self._again.setVisible(not running and unasked)

    def show_accuracy(self, accuracy: float | None, caution: str = "") -> None:
        """Say how often the model is right; None if that is not known.

        Args:
            accuracy: The share, 0..1.
            caution: Why that is optimistic, in a sentence; empty if it is not.
        """
        text = self.tr("Accuracy {share}").format(share=percent(accuracy))
        if caution:
            text = self.tr("Accuracy {share}, optimistic").format(share=percent(accuracy))
        tip = self.tr("Show which class was taken for which (Ctrl+M)")
        self._scores.setToolTip(f"{caution}\n{tip}" if caution else tip)
        self._scores.setText(text)
        self._scores.setShortcut(QKeySequence(_SCORES_KEY))  # Qt forgets it with the text
        self._scores.setAccessibleName(text)
        self._scores.setVisible(accuracy is not None)

    @property
    def wants_scores(self) -> bool:
        """Whether the matrix is asked for."""
        return self._scores.isChecked()

    def give_back_room(self) -> None:
        """Let the list have no more than its place."""
        self._room.setChecked(False)

    def _button(self, name: str, text: str, keys: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setShortcut(QKeySequence(keys))
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._count)
        row.addWidget(self._progress, 1)
        row.addWidget(self._left)
        row.addWidget(self._cancel)
        row.addWidget(self._scores)
        row.addWidget(self.filter, 2)
        row.addWidget(self._again)
        for button in (self._add, self._save, self._room, self._clear):
            row.addWidget(button)
        in_order = (self._cancel, self._scores, *self.filter.fields, self._again)
        in_order += (self._add, self._save, self._room, self._clear)
        for before, after in pairwise(in_order):
            self.setTabOrder(before, after)

    @Slot(bool)
    def _on_scores_toggled(self, checked: bool) -> None:
        if checked:  # a matrix needs the room
            self._room.setChecked(True)
        self.scores_toggled.emit(checked)

    @Slot(bool)
    def _on_room_toggled(self, checked: bool) -> None:
        if not checked:
            self._scores.setChecked(False)
        self._on_theme_changed()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._add.setIcon(self._theme.icon("add"))
        self._save.setIcon(self._theme.icon("save"))
        is_large = self._room.isChecked()
        self._room.setIcon(self._theme.icon("chevron-down" if is_large else "chevron-up"))
