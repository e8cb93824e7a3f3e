"""The studio's window in a benchmark's own process, put together as the program does it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMimeData, QObject, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget

from cnn_studio.gui.application import create_application
from cnn_studio.gui.cycle_collector import pass_over_what_is_there
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from tests.screen import Screen, missing_programs, with_large_screen

_ASK_INTERVAL_MS = 20


@contextmanager
def open_studio(workspace: Path, camera: str, platform: str) -> Iterator[tuple[Studio, MainWindow]]:
    """Open the window, on a screen of its own if there is one to be had.

    Args:
        workspace: The workspace's folder.
        camera: The camera to open, as on the command line.
        platform: "xcb" for a virtual screen, "offscreen" for none.
    """
    with ExitStack() as stack:
        settings = stack.enter_context(tempfile.TemporaryDirectory())
        if platform == "xcb" and not missing_programs():
            os.environ.update(stack.enter_context(Screen()).environment)
        else:
            os.environ["QT_QPA_PLATFORM"] = with_large_screen("offscreen")
        application = QApplication.instance() or create_application(sys.argv[:1])
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, settings)
        studio = Studio(
            Workspace(workspace), QSettings(f"{settings}/studio.ini", QSettings.Format.IniFormat)
        )
        studio.theme.apply()
        window = MainWindow(studio)
        window.tabs_imported.connect(pass_over_what_is_there)
        studio.load_datasets()
        studio.choose_dataset("objects")
        window.show_page("capture")
        window.show()
        studio.camera.start(camera)
        try:
            yield studio, window
        finally:
            window.close()
            studio.shutdown()
            window.deleteLater()
            application.processEvents()


def run_until(condition: Callable[[], object], what: str, timeout_s: float = 60) -> None:
    """Let the event loop run until something is true.

    Raises:
        TimeoutError: It never was.
    """
    loop = QEventLoop()
    timer = QTimer(interval=_ASK_INTERVAL_MS)
    timer.timeout.connect(lambda: loop.quit() if condition() else None)
    timer.start()
    QTimer.singleShot(round(timeout_s * 1000), loop, loop.quit)
    loop.exec()
    timer.stop()
    if not condition():
        raise TimeoutError(f"After {timeout_s:g} s there is still no {what}.")


def run_for(seconds: float) -> None:
    """Let the event loop run for a while: what is measured over a time, not awaited."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop, loop.quit)
    loop.exec()


def named(window: QObject, name: str) -> QWidget:
    """The one visible widget of that objectName.

    Raises:
        LookupError: There is none, or there are several.
    """
    found = [widget for widget in window.findChildren(QWidget, name) if widget.isVisible()]
    if len(found) != 1:
        raise LookupError(f"{len(found)} visible widgets are called {name}.")
    return found[0]


def press(window: QObject, name: str) -> None:
    """Click a button of the window."""
    button = named(window, name)
    if not isinstance(button, QAbstractButton):
        raise LookupError(f"{name} is no button.")
    button.click()


def prepare_classic(window: QObject) -> None:
    """Choose the recipe Classic, and unfold the numbers of the recipe."""
    chooser, more = named(window, "recipeField"), named(window, "moreOfRecipeButton")
    if not isinstance(chooser, QComboBox) or not isinstance(more, QAbstractButton):
        raise LookupError("The training tab has no recipes, or shows them otherwise.")
    chooser.setCurrentIndex(chooser.findText("Classic"))
    chooser.activated.emit(chooser.currentIndex())
    if not more.isChecked():
        more.click()


def drop_files(widget: QWidget, paths: Sequence[Path]) -> None:
    """Let files go over a widget, as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys, middle = Qt.KeyboardModifier.NoModifier, widget.rect().center()
    QApplication.sendEvent(widget, QDragEnterEvent(middle, action, data, button, keys))
    QApplication.sendEvent(widget, QDropEvent(QPointF(middle), action, data, button, keys))
