"""The checkup of a dataset in a window: what was found, its images, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.finding_groups import FindingGroup
from cnn_studio.data.findings import Finding
from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.checkup.answer_keys import AnswerKeys
from cnn_studio.gui.capture.checkup.asking_row import AskingRow
from cnn_studio.gui.capture.checkup.finding_page import FindingPage
from cnn_studio.gui.capture.checkup.finding_tree import FindingTree
from cnn_studio.gui.capture.checkup.label_search_bar import LabelSearchBar
from cnn_studio.gui.capture.checkup.set_page import SetPage
from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import images, time_left, whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.time_left import TimeLeft
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.notice import Kind, Notice

_LARGEST, _LEAST = QSize(1120, 760), QSize(860, 560)
_AROUND_PX = 32  # of the window behind it
_LIST_WIDTH = 280


class CheckupDialog(QDialog):
    """Shows findings, a page for each kind, and what was done last with the way back.

    Args:
        title: What the dataset is called.
        classes: Where images can be moved to.

    Attributes:
        tree: The findings.
        page: The images of a finding.
        sets: A picture that stands in several classes.
        notice: What went wrong, or was found out.

    Signals:
        undo_requested: The last step shall be taken back.
        closed: The window is gone; the checkup shall end.
    """

    undo_requested = Signal()
    closed = Signal()

    def __init__(
        self, title: str, classes: Sequence[str], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("checkupDialog")
        self.setWindowTitle(self.tr("Checkup of {title}").format(title=title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        room = (parent.window().size() if parent else _LARGEST) - QSize(_AROUND_PX, _AROUND_PX)
        self.resize(room.boundedTo(_LARGEST).expandedTo(_LEAST))
        self.tree = FindingTree(theme, self)
        self.page = FindingPage(classes, theme, self)
        self.sets = SetPage(classes, theme, self)
        self.label_search = LabelSearchBar(self)
        self.notice = Notice(theme, self)
        self._summary = QLabel(self)
        self._bar = QProgressBar(self)
        self._time_left = TimeLeft()
        self._empty = EmptyState(theme, self)
        self._done = ElidedLabel(self)
        self._undo = dialog_button(self, "checkupUndoButton", self.tr("Undo"), "")
        self.keys = AnswerKeys(self)
        self._make_parts()
        self._lay_out()
        self._connect()
        self.set_undo("")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocus()  # else the first button has it, and Enter would press that
        self.set_progress(0, 0)

    @property
    def samples(self) -> Sequence[Sample]:
        """The images of the chosen finding."""
        return self.page.samples

    @property
    def is_finished(self) -> bool:
        """Whether no checkup is under way."""
        return self._bar.isHidden()

    @property
    def row(self) -> AskingRow:
        """The foot of the page on show: its buttons, or a question."""
        return self.sets.row if self._is_about_sets else self.page.row

    def set_progress(self, done: int, total: int) -> None:
        """Say how far the checkup is."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._bar.show()
        self._time_left.update(done, total)
        seconds = self._time_left.seconds
        left = "" if seconds is None or done >= total else f" {time_left(seconds)}"
        self._bar.setToolTip(left.strip())
        if self.tree.finding is None:
            self._summary.setText(self.tr("Looking at every image …") + left)
            self._empty.set_content("checkup", "", self.tr("You can go on working meanwhile."))
            self._pages.setCurrentWidget(self._empty)

    def end_progress(self) -> None:
        """No checkup is under way."""
        self._bar.hide()

    def set_findings(self, groups: Sequence[FindingGroup], looked_at: int) -> None:
        """Show what was found in so many images; what was chosen stays chosen if it still holds."""
        count = sum(len(group.findings) for group in groups)
        if not count:
            text = self.tr("{images} looked at")
        elif count == 1:
            text = self.tr("1 finding in {images}")
        else:
            text = self.tr("{count} findings in {images}")
        self._summary.setText(text.format(count=whole(count), images=images(looked_at)))
        if not count:
            self._empty.set_content(
                "check",
                self.tr("Nothing to put right"),
                self.tr("No copies, no unreadable or flawed images, no unequal classes."),
                self.tr("Close"),
            )
        is_first = self._pages.currentWidget() is not self._split
        self._pages.setCurrentWidget(self._split if count else self._empty)
        self.tree.set_groups(groups)
        if count and is_first:
            self.tree.setFocus()

    def say(self, sentence: str, kind: Kind) -> None:
        """Show a sentence above the findings."""
        self.notice.show_message(sentence, kind, until=Until.REPLACED)

    def say_done(self, sentence: str) -> None:
        """Say at the foot what was done; a message about what was before ends."""
        self.notice.hide()
        self._done.setText(sentence)

    def set_undo(self, text: str) -> None:
        """Say what would be taken back; empty for nothing."""
        key = QKeySequence(QKeySequence.StandardKey.Undo)
        native = key.toString(QKeySequence.SequenceFormat.NativeText)
        tip = self.tr("Undo: {text}").format(text=text) if text else self.tr("Nothing to undo yet")
        self._undo.setEnabled(bool(text))
        self._undo.setToolTip(f"{tip} ({native})")
        self._undo.setAccessibleDescription(tip)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes a question first."""
        if event.key() == Qt.Key.Key_Escape and self.row.is_asking:
            self.row.dismiss()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """The window closes."""
        self.closed.emit()
        self.page.shutdown()
        self.sets.shutdown()
        super().done(result)

    @property
    def _is_about_sets(self) -> bool:
        return self._right.currentWidget() is self.sets

    def _make_parts(self) -> None:
        self.tree.setFixedWidth(_LIST_WIDTH)
        self._summary.setObjectName("checkupSummary")
        self._summary.setProperty("role", "title")
        self._bar.setObjectName("checkupProgress")
        self._bar.setAccessibleName(self.tr("Progress of the checkup"))
        self._bar.setTextVisible(False)
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # it comes after each edit, and nothing may jump
        self._bar.setSizePolicy(policy)
        self._undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._done.setObjectName("checkupDone")
        self._done.setProperty("role", "quiet")
        self._done.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.keys.watch(self.tree, self.page.view)

    def _lay_out(self) -> None:
        self._right = QStackedWidget(self)
        self._right.addWidget(self.page)
        self._right.addWidget(self.sets)
        self._split = QWidget(self)
        row = QHBoxLayout(self._split)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.tree)
        row.addWidget(self._right, 1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._split)
        head = QHBoxLayout()
        head.addWidget(self._summary, 1)
        head.addWidget(self.label_search)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._done, 1)
        foot.addWidget(self._undo)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._bar)
        layout.addWidget(self.notice)
        layout.addWidget(self._pages, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.tree.chosen.connect(self._on_tree_chosen)
        self._empty.action_requested.connect(self.reject)
        self.sets.columns_changed.connect(self._on_sets_columns_changed)
        self._undo.clicked.connect(self.undo_requested)
        self.keys.undo_pressed.connect(self._on_keys_undo_pressed)
        self.keys.number_pressed.connect(self._on_keys_number_pressed)
        self.keys.enter_pressed.connect(self._on_keys_enter_pressed)
        self.keys.skip_pressed.connect(self._on_keys_skip_pressed)
        self.keys.back_pressed.connect(self._on_keys_back_pressed)
        self.keys.look_pressed.connect(self._on_keys_look_pressed)

    @Slot(object)
    def _on_tree_chosen(self, finding: Finding | None) -> None:
        is_about_sets = finding is not None and finding.across_classes
        self.page.show_finding(None if is_about_sets else finding)
        self._right.setCurrentWidget(self.sets if is_about_sets else self.page)

    @Slot()
    def _on_sets_columns_changed(self) -> None:
        self.keys.watch(*(column.files for column in self.sets.columns))

    @Slot()
    def _on_keys_undo_pressed(self) -> None:
        if self._undo.isEnabled():
            self.undo_requested.emit()

    @Slot(int)
    def _on_keys_number_pressed(self, number: int) -> None:
        if self._is_about_sets:
            self.sets.press_number(number)
        else:
            self.page.press_number(number)

    @Slot()
    def _on_keys_enter_pressed(self) -> None:
        if not self._is_about_sets:
            self.page.press_enter()

    @Slot()
    def _on_keys_skip_pressed(self) -> None:
        if not self._is_about_sets:
            self.page.step(1)
        elif not self.row.is_asking:
            self.sets.skip_requested.emit()

    @Slot()
    def _on_keys_back_pressed(self) -> None:
        if not self._is_about_sets:
            self.page.step(-1)
        elif not self.row.is_asking:
            self.sets.back_requested.emit()

    @Slot()
    def _on_keys_look_pressed(self) -> None:
        if not self._is_about_sets:
            self.page.view.look_at_current()
