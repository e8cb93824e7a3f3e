"""Opens what helps: the sheet of keys, the tour, the report of a problem, and About."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QWidget
from shiboken6 import isValid

from cnn_studio.gui.help.key_lines import KeyLine, Place, key_lines
from cnn_studio.gui.help.tour import Tour
from cnn_studio.gui.studio import Studio

_PAGES = (Place.CAPTURE, Place.TRAINING, Place.PREDICTION)
_EVERYWHERE = (Place.EVERYWHERE,)


class HelpFlow(QObject):
    """Has the actions of the help menu, and answers F1 in dialogs, too.

    Args:
        studio: What a report names.
        window: The window with the tabs.
        load_pages: Gives all tabs by name, and makes those that were never open; no work begins.
        current_page: The name of the tab on the screen.
    """

    def __init__(
        self,
        studio: Studio,
        window: QMainWindow,
        load_pages: Callable[[], Mapping[str, QWidget]],
        current_page: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._load_pages = load_pages
        self._current_page = current_page
        self._dialogs: dict[str, QDialog] = {}
        self.tour = Tour(studio, window)
        self._keys = self._action("helpKeys", self.tr("Keys"), self.show_keys)
        self._keys.setShortcut(QKeySequence(Qt.Key.Key_F1))
        self._keys.setAutoRepeat(False)
        self._keys.setWhatsThis(self.tr("Show all keys"))
        self._tour = self._action("helpTour", self.tr("Short tour"), self.tour.begin)
        self._report = self._action("helpReport", self.tr("Report a problem …"), self.show_report)
        self._about = self._action("helpAbout", self.tr("About CNN Studio"), self.show_about)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._on_focus_window_changed)

    @property
    def actions(self) -> Sequence[QAction]:
        """For a menu."""
        return (self._keys, self._tour, self._report, self._about)

    def lines(self, window: QWidget | None = None) -> list[KeyLine]:
        """The keys of a dialog, if one is given, and of the whole window."""
        pages = self._load_pages()
        found = [] if window in (None, self._window) else key_lines(window, Place.DIALOG)
        found += key_lines(self._window, Place.EVERYWHERE, pages.values())
        for place in _PAGES:
            found += key_lines(pages[place], place)
        return found

    @Slot()
    def show_keys(self) -> None:
        """Show the sheet; the keys of the window on top come first."""
        from cnn_studio.gui.help.key_sheet import KeySheet

        window = QApplication.activeModalWidget() or QApplication.activeWindow() or self._window
        current = self._current_page()
        pages = sorted(_PAGES, key=lambda place: place != current)
        order = (Place.DIALOG, *pages, *_EVERYWHERE)
        if window is self._window:
            order = (pages[0], *_EVERYWHERE, *pages[1:])
        self._show("keys", lambda: KeySheet(self.lines(window), order, window))

    @Slot()
    def show_report(self) -> None:
        """Show what a report of a problem would say."""
        from cnn_studio.gui.help.report_dialog import ReportDialog

        self._show("report", lambda: ReportDialog(self._studio, self._window))

    @Slot()
    def show_about(self) -> None:
        """Show version, purpose and licences."""
        from cnn_studio.gui.help.about_dialog import AboutDialog

        self._show("about", lambda: AboutDialog(self._studio, self._window))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        # A modal dialog keeps the shortcuts of the window behind it away from the keyboard.
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        is_plain = event.key() == Qt.Key.Key_F1 and not event.modifiers()
        if not is_plain or event.isAutoRepeat() or QApplication.activePopupWidget() is not None:
            return False
        self.show_keys()
        return True

    def _action(self, name: str, text: str, slot: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.triggered.connect(slot)
        return action

    def _show(self, name: str, make: Callable[[], QDialog]) -> None:
        dialog = self._dialogs.get(name)
        if dialog is None or not isValid(dialog):  # the dialog that it belonged to is gone
            dialog = self._dialogs[name] = make()
            dialog.finished.connect(self._on_dialog_finished)
            dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    @Slot()
    def _on_dialog_finished(self) -> None:
        self._dialogs = {
            name: dialog for name, dialog in self._dialogs.items() if dialog is not self.sender()
        }

    @Slot(QWindow)
    def _on_focus_window_changed(self, focused: QWindow | None) -> None:
        if focused is not None and focused is not self._window.windowHandle():
            focused.installEventFilter(self)
