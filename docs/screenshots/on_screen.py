"""A window as it is seen: with the dialogs, popovers and menus that lie over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QWidget

from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from tests.benchmarks.open_studio import run_for, run_until

Leave = Callable[[], None]
Reach = Callable[[Studio, MainWindow], Leave]
_A_MOMENT_S = 0.6


def pictures_of(
    states: Mapping[str, Reach], studio: Studio, window: MainWindow
) -> Iterator[tuple[str, QPixmap]]:
    """Bring the window into one state after the other.

    Yields:
        A name, and what is then on the screen.
    """
    for name, reach in states.items():
        leave = reach(studio, window)
        run_for(_A_MOMENT_S)
        yield name, on_screen(window)
        leave()
        run_for(_A_MOMENT_S)


def on_screen(window: QWidget) -> QPixmap:
    """The window and what lies over it."""
    picture = window.grab()
    painter = QPainter(picture)
    others = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window]
    for other in others:
        corner = other.pos() - window.pos()
        if isinstance(other, QDialog):  # a screen that is drawn by nobody puts it anywhere
            corner = window.rect().center() - other.rect().center()
        painter.fillRect(QRect(corner, other.size()).adjusted(-1, -1, 1, 1), Qt.GlobalColor.gray)
        painter.drawPixmap(corner, other.grab())
    painter.end()
    return picture


def close_popup() -> None:
    """Close the popover or menu that is open, if one is."""
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def close(window: QWidget, name: str) -> None:
    """Close the dialog of that objectName, if it is open."""
    dialog = window.findChild(QWidget, name)
    if dialog is not None:
        dialog.close()


def nothing() -> None:
    """Leave a state where there is nothing to take back."""


def text_of(window: MainWindow, name: str) -> str:
    """What the label of that objectName says; empty where there is none."""
    label = window.findChild(QLabel, name)
    return str(label.text()) if label is not None else ""


def menu_of(window: MainWindow, name: str) -> QMenu:
    """The menu of that objectName."""
    return next(menu for menu in window.findChildren(QMenu) if menu.objectName() == name)


def wait_for_answer(window: MainWindow) -> None:
    """Wait until the live picture is named."""
    run_until(lambda: text_of(window, "topClass"), "answer")
    run_for(1)


def pop_up_above(menu: QMenu, button: QWidget) -> None:
    """Open a menu where a person sees it: the screen of a test is smaller than the window."""
    size, window = menu.sizeHint(), button.window()
    place = button.mapTo(window, QPoint(0, -size.height()))
    place.setX(min(place.x(), window.width() - size.width()))
    menu.popup(window.mapToGlobal(place))
    menu.move(window.mapToGlobal(place))
