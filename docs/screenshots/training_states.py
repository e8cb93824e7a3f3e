"""The states of the training tab that take some clicks to reach, for `make.py --all`."""

from __future__ import annotations

from pathlib import Path

from on_screen import Leave, Reach, close
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView

from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from tests.benchmarks.open_studio import named, press, run_for, run_until
from tests.demo_workspace import train


def prepare(workspace: Path) -> None:
    """Train a second time, in another way and not to the end of what can be learned.

    And the pretrained network before, which the states that select two runs leave alone.
    """
    train(Workspace(workspace), 30, "--network", "pretrained")
    train(Workspace(workspace), 3, "--recipe", "best", "--image-size", "32")


def _page(number: int) -> Reach:
    def reach(_studio: Studio, window: MainWindow) -> Leave:
        run_until(lambda: _runs(window).model().rowCount() > 1, "runs")
        _runs(window).selectRow(0)
        run_for(1)
        _choose(window, "pageChooser", number)
        run_for(1)
        return lambda: _choose(window, "pageChooser", 0)

    return reach


def _images(_studio: Studio, window: MainWindow) -> Leave:
    _runs(window).selectRow(0)
    run_for(1)
    matrix = named(window, "confusionView")
    matrix.setFocus()
    QTest.keyClick(matrix, Qt.Key.Key_Return)
    run_for(1.5)
    return lambda: close(window, "imagesDialog")


def _large(studio: Studio, window: MainWindow) -> Leave:
    leave = _images(studio, window)
    QTest.keyClick(named(window, "answerImages"), Qt.Key.Key_Space)
    run_for(1)
    return leave


def _more(_studio: Studio, window: MainWindow) -> Leave:
    press(window, "moreOfRecipeButton")
    run_for(0.5)
    return lambda: press(window, "moreOfRecipeButton")


def _pretrained(_studio: Studio, window: MainWindow) -> Leave:
    _choose(window, "recipeField", 0)
    _runs(window).selectRow(1)
    run_for(1.5)

    def leave() -> None:
        _choose(window, "recipeField", 1)
        _runs(window).selectRow(0)

    return leave


def _several(_studio: Studio, window: MainWindow) -> Leave:
    _select_both(window)
    run_for(1.5)
    return lambda: _runs(window).selectRow(0)


def _recipes(_studio: Studio, window: MainWindow) -> Leave:
    _select_both(window)
    _runs(window).setFocus()
    QTest.keyClick(_runs(window), Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    run_for(1)
    return lambda: close(window, "recipeDialog")


def _select_both(window: MainWindow) -> None:
    table, rows = _runs(window), QItemSelectionModel.SelectionFlag.Rows
    for row in range(2):
        table.selectionModel().select(
            table.model().index(row, 0), rows | QItemSelectionModel.SelectionFlag.Select
        )


def _runs(window: MainWindow) -> QTableView:
    return next(t for t in window.findChildren(QTableView) if t.objectName() == "runsTable")


def _augmentation(studio: Studio, window: MainWindow) -> Leave:
    fold = _more(studio, window)
    field = named(window, "augmentationField")
    _choose(window, "augmentationField", int(field.property("count")) - 1)
    run_for(2)

    def leave() -> None:
        close(window, "augmentationDialog")
        fold()

    return leave


def _choose(window: MainWindow, name: str, number: int) -> None:
    """Choose an entry as a person does."""
    chooser = named(window, name)
    QTest.keyClick(chooser, Qt.Key.Key_Home)
    for _ in range(number):
        QTest.keyClick(chooser, Qt.Key.Key_Down)


STATES: dict[str, Reach] = {
    "classes": _page(1),
    "reliability": _page(2),
    "mistakes": _page(3),
    "log": _page(4),
    "images": _images,
    "large-image": _large,
    "more-of-recipe": _more,
    "pretrained": _pretrained,
    "several-runs": _several,
    "recipes": _recipes,
    "augmentation": _augmentation,
}
