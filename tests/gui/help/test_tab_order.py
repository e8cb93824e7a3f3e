"""Tab reaches every control of each tab and dialog, and what has the focus can be seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QButtonGroup,
    QComboBox,
    QDialog,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.gui.focus_ring import FocusRing
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.theme import Mode
from cnn_studio.paths import Workspace
from tests.gui.training.conftest import COLOURS, fill

_MOST_STEPS = 150
_FIRST_CONTROLS = {  # from left to right, and from top to bottom
    "capture": (
        "importButton",
        "classMenuButton",
        "newClassField",
        "addBackgroundButton",
        "mirrorButton",
        "recordButton",
        "shotButton",
        "rateChooser",
        "recordOptionsButton",
        "filterButton",
        "historyButton",
        "trashButton",
        "checkupButton",
        "mapButton",
        "gallery",
        "datasetChooser",
        "cameraChooser",
        "moreButton",
    ),
    "training": ("recipeField", "epochsField", "startButton", "curvesView", "runsTable"),
    "prediction": ("sourceChooser", "runChooser", "freezeButton", "openFilesButton"),
}
_SEEN_CONTRAST = 60  # of the sum of three channels


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, studio: Studio, workspace: Workspace, models: Path
) -> Iterator[MainWindow]:
    """A window with images in three classes, and a run on them."""
    for name in COLOURS:
        fill(workspace.datasets / "colours", name, 6)
    shutil.copytree(models / "colours", workspace.runs / "colours")
    ring = FocusRing(qapp)
    flash = qapp.cursorFlashTime()
    qapp.setCursorFlashTime(0)
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    studio.choose_dataset("colours")
    window.show_page("capture")
    studio.camera.start("demo:cap")
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close()
    qapp.setCursorFlashTime(flash)
    ring.setParent(None)
    ring.deleteLater()


def _name(each: QWidget) -> str:
    parent = each.parentWidget()
    above = (parent.objectName() or type(parent).__name__) if parent is not None else ""
    return f"{each.objectName() or type(each).__name__} in {above}"


def _controls(root: QWidget) -> list[QWidget]:
    """What should be reached: not the insides of Qt's own fields."""
    found = []
    for each in root.findChildren(QWidget):
        takes_tab = each.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
        is_inside = isinstance(each.parent(), QAbstractSpinBox | QComboBox)
        is_qts = each.objectName().startswith("qt_") or is_inside or each.focusProxy() is not None
        is_here = each.isVisible() and each.isEnabled() and each.window() is root.window()
        if takes_tab and is_here and not is_qts:
            found.append(each)
    return found


def _walk(root: QWidget) -> list[QWidget]:
    """Press Tab until it comes round."""
    handle = root.window().windowHandle()
    assert handle is not None
    seen: list[QWidget] = []
    for _ in range(_MOST_STEPS):
        QTest.keyClick(handle, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is None or focused in seen:
            return seen
        seen.append(focused)
    raise AssertionError("Tab never comes round")


def _siblings(button: QWidget) -> list[QAbstractButton]:
    """Those of which one is chosen: Tab goes to the chosen one, and arrows to the others."""
    group = button.group() if isinstance(button, QAbstractButton) else None
    return group.buttons() if isinstance(group, QButtonGroup) and group.exclusive() else []


def _lost(root: QWidget, seen: list[QWidget]) -> list[str]:
    reached = {id(each) for each in seen}
    reached |= {id(other) for each in seen for other in _siblings(each)}
    return [_name(each) for each in _controls(root) if id(each) not in reached]


def _pixels(widget: QWidget) -> np.ndarray:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), np.uint8)
    return data.reshape(image.height(), image.width(), 4)[:, :, :3].astype(int)


def _unseen(seen: list[QWidget]) -> list[str]:
    """Those that look the same with the focus, or nearly so."""
    unseen = []
    for each in seen:
        handle = each.window().windowHandle()
        assert handle is not None
        QTest.keyClick(handle, Qt.Key.Key_Shift)  # the keyboard is in use
        each.clearFocus()
        QApplication.processEvents()
        without = _pixels(each)
        each.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        with_focus = _pixels(each)
        if with_focus.shape != without.shape:
            continue
        changed = np.abs(with_focus - without).sum(axis=2) > _SEEN_CONTRAST
        if changed.sum() < each.width() + each.height():  # half of a ring of one pixel
            unseen.append(f"{_name(each)} {int(changed.sum())}")
    return unseen


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
@pytest.mark.parametrize("page", ["capture", "training", "prediction"])
def test_tab_reaches_every_control_of_a_tab_and_each_shows_it(
    qtbot: QtBot, window: MainWindow, studio: Studio, page: str, mode: Mode
) -> None:
    studio.theme.set_mode(mode)
    window.show_page(page)
    ready = {
        "capture": lambda: (
            window.findChild(QWidget, "gallery") is None or studio.camera.latest() is not None
        ),
        "training": lambda: window.findChild(QWidget, "runsTable").isVisible(),
        "prediction": lambda: window.findChild(QWidget, "runChooser").isVisible(),
    }
    qtbot.waitUntil(ready[page])
    qtbot.waitUntil(lambda: len(_controls(window)) > 12)
    QTest.qWait(300)  # what is read in the background shows its controls
    qtbot.waitUntil(lambda: not studio.jobs.activities.running)  # it has a row of its own
    QTest.qWait(100)
    seen = _walk(window)
    names = [each.objectName() for each in seen]
    expected = [name for name in _FIRST_CONTROLS[page] if name in names]
    assert len(expected) > 3
    start = names.index(expected[0])
    names = names[start:] + names[:start]
    assert [name for name in names if name in expected] == expected
    assert _lost(window, seen) == []
    assert _unseen(seen) == []


@pytest.mark.parametrize(
    ("page", "opener"),
    [
        ("capture", "checkupButton"),
        ("capture", "trashButton"),
        ("capture", "mapButton"),
        ("prediction", "exportModelButton"),
        ("capture", "helpKeys"),
        ("capture", "helpReport"),
        ("capture", "helpAbout"),
    ],
)
def test_tab_reaches_every_control_of_a_dialog(
    qtbot: QtBot, window: MainWindow, studio: Studio, page: str, opener: str
) -> None:
    window.show_page(page)
    helps = {action.objectName(): action for action in window.help.actions}
    before = set(window.findChildren(QDialog))

    def press() -> Callable[[], None]:
        if opener in helps:
            return helps[opener].trigger
        button = window.findChild(QAbstractButton, opener)
        assert button is not None
        qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled())
        return button.click

    press()()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in set(window.findChildren(QDialog)) - before))
    (dialog,) = (d for d in set(window.findChildren(QDialog)) - before if d.isVisible())
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.qWait(300)
    seen = _walk(dialog)
    assert _lost(dialog, seen) == []
    assert _unseen(seen) == []
    dialog.reject()
