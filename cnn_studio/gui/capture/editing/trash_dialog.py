"""The trash of a dataset in a window: looking at it, restoring from it, emptying it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.class_names import in_order
from cnn_studio.data.trash import TrashedSample
from cnn_studio.gui.capture.editing.trash_view import TrashModel, TrashView, long_time
from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import whole
from cnn_studio.gui.pictures.thumbnail_view import PICTURE_SIDE
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.elided_chooser import ElidedChooser
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.gui.widgets.undo_bar import UndoBar
from cnn_studio.untrusted_text import shown

_WIDTH, _HEIGHT = 760, 520
_FOOT_HEIGHT = 40
_USUAL, _ASKING = 0, 1  # the pages of the foot


class TrashDialog(QDialog):
    """Shows what was deleted and asks for what shall be done with it.

    Args:
        title: What the dataset is called.

    Signals:
        restore_requested(list): These TrashedSamples shall come back.
        empty_requested: Everything in the trash shall be deleted for good.
        undo_requested: The last restoring shall be taken back.
    """

    restore_requested = Signal(list)
    empty_requested = Signal()
    undo_requested = Signal()

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trashDialog")
        self.setWindowTitle(self.tr("Trash of {title}").format(title=title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT)
        self._entries: list[TrashedSample] = []
        self._thumbnails = Thumbnails(PICTURE_SIDE, self)
        self._model = TrashModel(self._thumbnails, self)
        self.view = TrashView(self._model, self._thumbnails, theme, self)
        self._empty_state = EmptyState(theme, self)
        self._empty_state.set_content("trash", self.tr("Reading the folder …"), "")
        self.notice = Notice(theme, self)
        self.undo_bar = UndoBar(theme, self)
        self._title = QLabel(self)
        self._title.setObjectName("trashCount")
        self._title.setProperty("role", "title")
        self._chooser = ElidedChooser(self)
        self._selection = ElidedLabel(self)
        self._selection.setObjectName("trashSelection")
        self._selection.setProperty("role", "quiet")
        wide = QSizePolicy.Policy.Expanding
        self._selection.setSizePolicy(wide, QSizePolicy.Policy.Preferred)
        self._question = QLabel(self)
        self._question.setObjectName("emptyTrashQuestion")
        self._question.setWordWrap(True)
        self._make_controls()
        self._lay_out()
        self._connect()
        self._show_entries()
        self._pages.setCurrentWidget(self._empty_state)

    def set_trash(self, entries: Sequence[TrashedSample]) -> None:
        """Show what is in the trash, deleted last first."""
        self._entries = list(entries)
        self._empty_state.set_content(
            "trash",
            self.tr("The trash is empty"),
            self.tr("Images that you delete stay here until you empty it."),
            self.tr("Close"),
        )
        self._fill_chooser()
        self._show_entries()

    def say(self, sentence: str, kind: Kind, *, undoable: bool = False) -> None:
        """Show a sentence in the window; with an offer to undo it has a place of its own."""
        if undoable:
            self.undo_bar.offer(sentence)
            self.notice.hide()
        else:
            self.notice.show_message(sentence, kind, until=Until.REPLACED)

    def add_foot(self, widget: QWidget) -> None:
        """Have something stand below all else."""
        self._column.addWidget(widget)

    def done(self, result: int) -> None:
        """The window closes."""
        self._thumbnails.shutdown()
        super().done(result)

    def _make_controls(self) -> None:
        self._chooser.setObjectName("trashClassChooser")
        self._chooser.setAccessibleName(self.tr("Class"))
        self._chooser.setToolTip(self.tr("Which class's images are shown"))
        self._chooser.setMinimumWidth(200)
        self._chooser.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._empty = self._button(
            "emptyTrashButton", self.tr("Empty …"), self.tr("Delete all of it for good")
        )
        self._restore_all = self._button(
            "restoreAllButton", self.tr("Restore all"), self.tr("Bring all that is shown back")
        )
        self._restore = self._button(
            "restoreButton",
            self.tr("Restore"),
            self.tr("Bring the selected images back into their classes (Enter)"),
        )
        self._restore.setProperty("kind", "primary")
        self._restore.setDefault(True)
        self._really = self._button(
            "reallyEmptyButton", self.tr("Delete for good"), self.tr("This cannot be undone")
        )
        self._keep = self._button(
            "keepTrashButton", self.tr("Keep them"), self.tr("Leave the trash as it is")
        )

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        return button

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.addWidget(self._title, 1)
        header.addWidget(self._chooser)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._empty_state)
        self._foot = QStackedWidget(self)
        self._foot.addWidget(
            self._row(self._empty, self._selection, self._restore_all, self._restore)
        )
        self._foot.addWidget(self._row(self._question, self._really, self._keep))
        self._foot.setFixedHeight(_FOOT_HEIGHT)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(header)
        layout.addWidget(self.notice)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.undo_bar)
        layout.addWidget(self._foot)

    def _row(self, *widgets: QWidget) -> QWidget:
        page = QWidget(self)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in widgets:
            row.addWidget(widget, 1 if isinstance(widget, QLabel) else 0)
        return page

    def _connect(self) -> None:
        self._chooser.currentIndexChanged.connect(self._show_entries)
        self.view.selectionModel().selectionChanged.connect(self._show_selection)
        self._model.modelReset.connect(self._show_selection)
        self.view.doubleClicked.connect(self._on_restore_clicked)
        self._restore.clicked.connect(self._on_restore_clicked)
        self._restore_all.clicked.connect(self._on_restore_all_clicked)
        self._empty.clicked.connect(self._on_empty_clicked)
        self._really.clicked.connect(self._on_really_clicked)
        self._keep.clicked.connect(self._on_keep_clicked)
        self._empty_state.action_requested.connect(self.reject)
        self.undo_bar.undo_requested.connect(self.undo_requested)
        for button, keys in (
            (self._empty, "Shift+Del"),
            (self._restore_all, "Alt+R"),
            (self._really, "Alt+D"),
            (self._keep, "Alt+K"),
        ):
            ButtonKey(button, keys)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, autoRepeat=False)
        undo.activated.connect(self._on_undo_activated)

    def _fill_chooser(self) -> None:
        chosen = self._chooser.currentData()
        counts = Counter(entry.sample.class_name for entry in self._entries)
        self._chooser.blockSignals(True)
        self._chooser.clear()
        self._chooser.addItem(self.tr("All classes"), "")
        for name in in_order(counts):
            self._chooser.addItem(f"{shown(name)} · {whole(counts[name])}", name)
        self._chooser.setCurrentIndex(max(self._chooser.findData(chosen), 0))
        self._chooser.blockSignals(False)

    @Slot()
    def _show_entries(self) -> None:
        chosen = self._chooser.currentData() or ""
        chosen_entries = [e for e in self._entries if chosen in ("", e.sample.class_name)]
        self._model.set_entries(chosen_entries)
        self._pages.setCurrentWidget(self.view if chosen_entries else self._empty_state)
        self._title.setText(self._images(len(self._entries)) if self._entries else self.tr("Trash"))
        self._chooser.setVisible(bool(self._entries))
        self._foot.setVisible(bool(self._entries))
        self._foot.setCurrentIndex(_USUAL)
        self._show_selection()

    @Slot()
    def _show_selection(self) -> None:
        selected = self.view.selected_entries()
        # Enter must not press it behind the question.
        self._restore.setEnabled(bool(selected) and self._foot.currentIndex() == _USUAL)
        text = ""
        if selected:
            when = long_time(selected[0].deleted_s)
            text = self.tr("{count} selected, deleted {when}").format(
                count=whole(len(selected)), when=when
            )
        self._selection.setText(text)

    def _images(self, count: int) -> str:
        if count == 1:
            return self.tr("1 image")
        return self.tr("{count} images").format(count=whole(count))

    @Slot()
    def _on_restore_clicked(self) -> None:
        selected = self.view.selected_entries()
        if selected:
            self.restore_requested.emit(selected)

    @Slot()
    def _on_restore_all_clicked(self) -> None:
        self.restore_requested.emit(list(self._model.entries))

    @Slot()
    def _on_empty_clicked(self) -> None:
        self._question.setText(
            self.tr(
                "Delete {images} for good? They cannot be brought back, "
                "and nothing done so far can be undone any more."
            ).format(images=self._images(len(self._entries)))
        )
        self._foot.setCurrentIndex(_ASKING)
        self._show_selection()
        self._keep.setFocus()

    @Slot()
    def _on_really_clicked(self) -> None:
        self._on_keep_clicked()
        self.empty_requested.emit()

    @Slot()
    def _on_keep_clicked(self) -> None:
        self._foot.setCurrentIndex(_USUAL)
        self._show_selection()
        self.view.setFocus()

    @Slot()
    def _on_undo_activated(self) -> None:
        if self.undo_bar.text:  # in this window only what was done in it
            self.undo_bar.withdraw()
            self.undo_requested.emit()
