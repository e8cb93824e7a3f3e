"""Which of the classified files are listed: a field to search in, and a menu of what else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QToolButton, QWidget

from cnn_studio.gui.prediction.files.arrangement import FileFilter
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import icon_button

_FIELD_LEAST_PX, _FIELD_MOST_PX = 96, 200
_SHARES = (0.99, 0.95, 0.9, 0.8, 0.7, 0.5)


class FileFilterBar(QWidget):
    """Asks for a filter.

    Signals:
        filter_changed(FileFilter): Other files shall be listed.
    """

    filter_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("fileFilterBar")
        self._theme = theme
        self._filter = FileFilter()
        self._field = QLineEdit(self)
        self._field.setObjectName("fileSearchField")
        self._field.setPlaceholderText(self.tr("Search"))
        self._field.setAccessibleName(self.tr("Search the files"))
        self._field.setToolTip(self.tr("Find files by name, folder or class (Ctrl+F)"))
        self._field.setClearButtonEnabled(True)
        self._field.setMinimumWidth(_FIELD_LEAST_PX)
        self._field.setMaximumWidth(_FIELD_MOST_PX)
        self._button = icon_button(
            self, "fileFilterButton", self.tr("Choose which files are listed")
        )
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._all = QPushButton(self.tr("Show all"), self)
        self._all.setObjectName("showAllFilesButton")
        self._all.setProperty("kind", "quiet")
        self._all.setAccessibleName(self._all.text())
        self._all.setToolTip(self.tr("List all files again"))
        self._make_menu()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addStretch(1)
        row.addWidget(self._all)
        row.addWidget(self._field, 4)
        row.addWidget(self._button)
        self._field.textChanged.connect(self._on_asked)
        self._all.clicked.connect(self.reset)
        key = QShortcut(QKeySequence.StandardKey.Find, parent, autoRepeat=False)
        key.activated.connect(self._field.setFocus)
        theme.changed.connect(self._show)
        self._show()

    @property
    def fields(self) -> tuple[QWidget, ...]:
        """What can have the focus, from left to right."""
        return self._all, self._field, self._button

    @property
    def filter(self) -> FileFilter:
        """What is asked for."""
        return self._filter

    def set_classes(self, names: Sequence[str]) -> None:
        """Offer the classes that the model can tell apart."""
        if [action.data() for action in self._said.actions()][1:] == list(names):
            return
        for action in self._said.actions():
            self._said.removeAction(action)
            action.deleteLater()
        self._offer(self._said, self._classes, self.tr("All classes"), "")
        for name in names:
            self._offer(self._said, self._classes, name.replace("&", "&&"), name)
        self._show()
        if not {self._filter.said, self._filter.true} <= {"", *names}:  # another model's
            self._ask(replace(self._filter, said="", true=""))

    def set_known(self, *, has_scores: bool, has_truth: bool) -> None:
        """Say whether anything can be unknown, or wrong."""
        self._unknown.setEnabled(has_scores)
        self._wrong.setEnabled(has_truth)

    def set_cell(self, true: str, said: str) -> None:
        """Ask for the files of one class that are taken for another, or for itself."""
        self._ask(FileFilter(text=self._field.text(), true=true, said=said))

    @Slot()
    def reset(self) -> None:
        """Ask for all files."""
        self._ask(FileFilter())

    def _ask(self, wanted: FileFilter) -> None:
        if wanted == self._filter:
            return
        self._filter = wanted
        self._show()
        self.filter_changed.emit(wanted)

    def _make_menu(self) -> None:
        self._menu = QMenu(self)
        self._menu.setObjectName("fileFilterMenu")
        self._unknown = self._check("onlyUnknown", self.tr("Only unknown"))
        self._wrong = self._check("onlyWrong", self.tr("Only wrong"))
        self._unreadable = self._check("onlyUnreadable", self.tr("Only unreadable"))
        self._menu.addSeparator()
        self._said, self._shares = QActionGroup(self), QActionGroup(self)
        self._classes = self._menu.addMenu(self.tr("Class"))
        self._classes.setObjectName("fileClassMenu")
        below = self._menu.addMenu(self.tr("Probability"))
        below.setObjectName("fileProbabilityMenu")
        self._offer(self._shares, below, self.tr("Any"), None)
        for share in _SHARES:
            text = self.tr("Under {share} %").format(share=round(share * 100))
            self._offer(self._shares, below, text, share)
        self.set_classes([])
        self._menu.triggered.connect(self._on_asked)
        self._button.setMenu(self._menu)

    def _check(self, name: str, text: str) -> QAction:
        action = self._menu.addAction(text)
        action.setObjectName(name)
        action.setCheckable(True)
        return action

    def _offer(
        self, group: QActionGroup, menu: QMenu, text: str, value: str | float | None
    ) -> None:
        action = QAction(text, menu)
        action.setCheckable(True)
        action.setData(value)
        group.addAction(action)
        menu.addAction(action)

    @Slot()
    def _show(self) -> None:
        """Check what is asked for."""
        wanted = self._filter
        self._unknown.setChecked(wanted.only_unknown)
        self._wrong.setChecked(wanted.only_wrong)
        self._unreadable.setChecked(wanted.only_unreadable)
        for group, value in ((self._said, wanted.said), (self._shares, wanted.below)):
            for action in group.actions():
                action.setChecked(action.data() == value)
        if self._field.text() != wanted.text:
            self._field.setText(wanted.text)
        self._all.setVisible(not wanted.is_empty)
        is_plain = replace(wanted, text="").is_empty
        self._button.setIcon(self._theme.icon("filter", "text" if is_plain else "accent"))

    @Slot()
    def _on_asked(self) -> None:
        said, share = self._said.checkedAction(), self._shares.checkedAction()
        chosen = str(said.data() or "") if said else ""
        self._ask(
            FileFilter(
                text=self._field.text(),
                said=chosen,
                true=self._filter.true if chosen == self._filter.said else "",
                below=share.data() if share else None,
                only_unknown=self._unknown.isChecked(),
                only_wrong=self._wrong.isChecked(),
                only_unreadable=self._unreadable.isChecked(),
            )
        )
