"""What can be done with runs: each with its key, in the menu and in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.models.runs import Run


class RunsActions(QObject):
    """Knows which actions the selected runs allow. Their keys are heard in the table.

    Signals:
        try_requested, rename_requested, note_requested, star_requested, compare_requested,
        folder_requested, pack_requested, continue_requested, export_requested, delete_requested,
        restore_requested, remove_requested: The action of that name, on the selected runs.
    """

    try_requested = Signal()
    rename_requested = Signal()
    note_requested = Signal()
    star_requested = Signal()
    compare_requested = Signal()
    folder_requested = Signal()
    pack_requested = Signal()
    continue_requested = Signal()
    export_requested = Signal()
    delete_requested = Signal()
    restore_requested = Signal()
    remove_requested = Signal()

    def __init__(self, theme: Theme, table: QWidget) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table
        self._icons: dict[QAction, str] = {}
        self._in_list: list[QAction] = []
        self._in_trash: list[QAction] = []
        self._try = self._action("tryRun", self.tr("Try it"), "predict", "Return")
        self._continue = self._action(
            "continueRun", self.tr("Continue this run …"), "start", "Ctrl+K"
        )
        self._export = self._action("exportRun", self.tr("Export …"), "export", "Ctrl+Shift+E")
        self._rename = self._action("renameRun", self.tr("Rename"), "rename", "")
        self._note = self._action("noteRun", self.tr("Note …"), "note", "Ctrl+E")
        self._star = self._action("starRun", self.tr("Star"), "star", "Ctrl+D")
        self._compare = self._action(
            "compareRuns", self.tr("Compare the recipes"), "compare", "Ctrl+R"
        )
        self._folder = self._action(
            "openRunFolder", self.tr("Open the folder"), "folder", "Ctrl+Shift+O"
        )
        self._pack = self._action(
            "packRun", self.tr("Pack for another studio …"), "import", "Alt+P"
        )
        self._delete = self._action("deleteRuns", self.tr("Delete"), "delete", "Del")
        self._restore = self._action("restoreRuns", self.tr("Restore"), "undo", "Alt+Z")
        self._remove = self._action(
            "removeRuns", self.tr("Delete for good …"), "delete", "Shift+Del"
        )
        self._in_trash += [self._restore, self._folder, self._remove]
        self._in_list += [action for action in self._icons if action not in self._in_trash]
        self._in_list.insert(-1, self._folder)
        # The table itself opens its editor with F2; here the key is only told.
        self._rename.setText(self.tr("Rename") + "\tF2")
        for action, signal in (
            (self._try, self.try_requested),
            (self._continue, self.continue_requested),
            (self._export, self.export_requested),
            (self._rename, self.rename_requested),
            (self._note, self.note_requested),
            (self._star, self.star_requested),
            (self._compare, self.compare_requested),
            (self._folder, self.folder_requested),
            (self._pack, self.pack_requested),
            (self._delete, self.delete_requested),
            (self._restore, self.restore_requested),
            (self._remove, self.remove_requested),
        ):
            action.triggered.connect(signal)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.follow([], None, is_trash=False)

    def follow(self, runs: Sequence[Run], live: Path | None, *, is_trash: bool) -> None:
        """Allow what can be done with the selected runs.

        Args:
            runs: The selected runs.
            live: The run that is training now; it cannot be deleted.
            is_trash: Whether they are deleted ones.
        """
        one, any_at_all = len(runs) == 1, bool(runs)
        is_live = any(run.folder == live or run.is_training for run in runs)
        for actions, is_shown in ((self._in_list, not is_trash), (self._in_trash, is_trash)):
            for action in actions:
                action.setVisible(is_shown)
        self._folder.setVisible(True)
        self._try.setEnabled(not is_trash and one and runs[0].has_learned)
        self._continue.setEnabled(not is_trash and one and live is None)
        self._export.setEnabled(not is_trash and one and runs[0].is_usable)
        self._rename.setEnabled(not is_trash and one)
        self._note.setEnabled(not is_trash and one)
        self._star.setEnabled(not is_trash and any_at_all)
        has_star = any_at_all and all(run.notes.starred for run in runs)
        self._star.setText(self.tr("Take the star away") if has_star else self.tr("Star"))
        self._compare.setEnabled(not is_trash and len(runs) > 1)
        self._folder.setEnabled(one)
        self._pack.setEnabled(not is_trash and one and runs[0].is_usable)
        self._delete.setEnabled(not is_trash and any_at_all and not is_live)
        self._restore.setEnabled(is_trash and any_at_all)
        self._remove.setEnabled(is_trash and any_at_all)

    def menu(self, parent: QWidget) -> QMenu:
        """A menu of what is possible here."""
        menu = QMenu(parent)
        menu.setObjectName("runsMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in self._in_list:
            if action in (self._compare, self._delete):
                menu.addSeparator()
            menu.addAction(action)
        menu.addActions([action for action in self._in_trash if action is not self._folder])
        return menu

    def _action(self, name: str, text: str, icon: str, keys: str) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setToolTip(text)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setAutoRepeat(False)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._table.addAction(action)
        self._icons[action] = icon
        return action

    @Slot()
    def _on_theme_changed(self) -> None:
        for action, name in self._icons.items():
            action.setIcon(self._theme.icon(name))
