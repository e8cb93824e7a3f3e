"""What can be done in the gallery, as actions with names, keys and icons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.theme import Theme

_BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class GalleryActions(QObject):
    """The actions of a gallery panel and of its view, which alone hears some of their keys."""

    def __init__(self, panel: QWidget, view: QWidget, theme: Theme) -> None:
        super().__init__(panel)
        self._theme = theme
        keys = QKeySequence.StandardKey
        self.undo = self._action("undo", self.tr("Undo"), keys.Undo)
        self.redo = self._action("redo", self.tr("Redo"), keys.Redo)
        self.redo.setShortcuts([QKeySequence(_BOTH | Qt.Key.Key_Z), QKeySequence("Ctrl+Y")])
        self.search = self._action("searchNames", self.tr("Search by file name"), "Ctrl+F")
        self.filter = self._action("filter", self.tr("Filter and sort"), "Ctrl+Shift+F")
        self.filter.setCheckable(True)
        self.review = self._action("review", self.tr("Review one by one"), "Ctrl+R")
        self.select_all = self._action("selectAll", self.tr("Select all"), keys.SelectAll)
        self.delete = self._action("delete", self.tr("Delete"), keys.Delete)
        self.exclude = self._action("exclude", self.tr("Leave out of training"), "X")
        self.test = self._action("keepForTest", self.tr("Keep for the test"), "T")
        self.alike = self._action("alike", self.tr("Find alike"), "A")
        self.look = self._action("look", self.tr("Large preview"), "Space")
        self.look.setWhatsThis(self.tr("Show the selected image large"))
        of_view = (self.select_all, self.delete, self.exclude, self.test, self.alike)
        for action in (*of_view, self.look):
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        view.addActions(of_view)  # it takes Space itself
        of_window = (self.search, self.filter, self.review, self.undo, self.redo)
        for action in of_window:
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        panel.addActions(of_window)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def of_selection(self) -> Sequence[QAction]:
        """What a menu over the thumbnails offers."""
        return (self.look, self.alike, self.exclude, self.test, self.delete, self.select_all)

    def set_history(self, undo_text: str, redo_text: str) -> None:
        """Say what would be undone and redone; empty where nothing would."""
        for action, alone, verb, text in (
            (self.undo, self.tr("Undo"), self.tr("Undo: {text}"), undo_text),
            (self.redo, self.tr("Redo"), self.tr("Redo: {text}"), redo_text),
        ):
            action.setEnabled(bool(text))
            action.setText(verb.format(text=text.replace("&", "&&")) if text else alone)
            key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            words = verb.format(text=text) if text else alone
            action.setToolTip(f"{words} ({key})")

    def _action(self, name: str, text: str, key: QKeySequence.StandardKey | str) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setShortcut(QKeySequence(key))
        action.setAutoRepeat(False)
        native = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({native})")
        return action

    @Slot()
    def _on_theme_changed(self) -> None:
        for action in (
            self.delete,
            self.undo,
            self.redo,
            self.filter,
            self.review,
            self.alike,
        ):
            action.setIcon(self._theme.icon(action.objectName()))
