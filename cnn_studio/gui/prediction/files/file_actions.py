"""What can be done with the list of files: each with its key, in menus and in words."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme

_RATES = (0.5, 1.0, 2.0, 5.0, 10.0)


class FileActions(QObject):
    """Holds the actions and the two menus they stand in. Their keys are heard in the window.

    Signals:
        open_files_requested, open_folder_requested: Files or a folder shall be added.
        copy_requested, csv_requested, json_requested: The action of that name, on the selection.
        rate_chosen(float | None): So many frames a second of a video shall be taken; None for all.

    Attributes:
        adding: The menu of what adds files.
        saving: The menu of what is done with those that are there.
    """

    open_files_requested = Signal()
    open_folder_requested = Signal()
    copy_requested = Signal()
    csv_requested = Signal()
    json_requested = Signal()
    rate_chosen = Signal(object)

    def __init__(self, theme: Theme, panel: QWidget, rate: float | None) -> None:
        super().__init__(panel)
        self._theme = theme
        self._panel = panel
        self._icons: dict[QAction, str] = {}
        self.adding, self.saving = QMenu(panel), QMenu(panel)
        self.adding.setObjectName("addFilesMenu")
        self.saving.setObjectName("saveFilesMenu")
        # A titled separator has no title under a style sheet.
        self._title = self.saving.addAction("")
        self._title.setEnabled(False)
        self.saving.addSeparator()
        for menu, name, text, icon, keys, signal in (
            (self.adding, "addFiles", self.tr("Open images, videos and archives …"), "images",
             "Ctrl+O", self.open_files_requested),
            (self.adding, "addFolder", self.tr("Open a folder …"), "folder",
             "Ctrl+Shift+O", self.open_folder_requested),
            (self.saving, "copyByClass", self.tr("Copy into folders by class …"), "move",
             "Ctrl+Shift+C", self.copy_requested),
            (self.saving, "saveCsv", self.tr("Save as a table (CSV) …"), "report",
             "Ctrl+S", self.csv_requested),
            (self.saving, "saveJson", self.tr("Save as JSON …"), "save",
             "Ctrl+Shift+S", self.json_requested),
        ):  # fmt: skip
            action = QAction(text, panel)
            action.setObjectName(name)
            action.setShortcut(QKeySequence(keys))
            action.setAutoRepeat(False)
            action.triggered.connect(signal)
            panel.addAction(action)
            menu.addAction(action)
            self._icons[action] = icon
        self._rates = QActionGroup(self)
        self._offer_rates(rate)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_subject(self, count: int, *, is_selection: bool) -> None:
        """Say on how many files the actions of the second menu work."""
        files = self.tr("{count} selected files") if is_selection else self.tr("All {count} files")
        self._title.setText(files.format(count=whole(count)))
        for action in self.saving.actions():
            action.setEnabled(count > 0 and action is not self._title)

    def _offer_rates(self, chosen: float | None) -> None:
        self.adding.addSeparator()
        menu = self.adding.addMenu(self.tr("Frames of videos"))
        menu.setObjectName("videoRateMenu")
        texts = {rate: self.tr("{rate} a second").format(rate=f"{rate:g}") for rate in _RATES}
        for rate, text in (*texts.items(), (None, self.tr("Every frame"))):
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(rate == chosen)
            action.setData(rate)
            self._rates.addAction(action)
            menu.addAction(action)
        self._rates.triggered.connect(self._on_rates_triggered)

    @Slot(QAction)
    def _on_rates_triggered(self, action: QAction) -> None:
        self.rate_chosen.emit(action.data())

    @Slot()
    def _on_theme_changed(self) -> None:
        for action, icon in self._icons.items():
            action.setIcon(self._theme.icon(icon))
