"""The list of classified files: its order, and the places of its cards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QSettings, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from cnn_studio.gui.prediction.files.file_delegate import CARD_HEIGHT
from cnn_studio.gui.prediction.files.file_list import FileList
from cnn_studio.gui.prediction.files.file_model import FileModel
from cnn_studio.gui.prediction.files.file_work import FileEntry
from cnn_studio.gui.theme import Theme
from cnn_studio.vision.preparation import InputSpec


def _entries(*names: str) -> Sequence[FileEntry]:
    spec = InputSpec(32)
    return [FileEntry(Path(name), "run", spec, None, f"Bad: {name}.", b"") for name in names]


def _names(model: FileModel) -> list[str]:
    return [entry.path.name for entry in model.entries]


@pytest.fixture
def model(qtbot: QtBot) -> FileModel:
    model = FileModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


@pytest.fixture
def view(qtbot: QtBot, model: FileModel, tmp_path: Path) -> FileList:
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    theme = Theme(settings)
    view = FileList(model, theme)
    theme.setParent(view)
    qtbot.addWidget(view)
    view.resize(760, 3 * CARD_HEIGHT)
    view.show()
    return view


def test_the_newest_drop_is_on_top_and_its_files_keep_their_order(model: FileModel) -> None:
    model.add(1, _entries("a", "b"))
    model.add(1, _entries("c"))
    model.add(2, _entries("d"))
    model.add(2, _entries("e", "f"))
    assert _names(model) == ["d", "e", "f", "a", "b", "c"]
    assert model.unreadable_count == 6


def test_after_clearing_files_come_from_the_top_again(model: FileModel) -> None:
    model.add(1, _entries("a", "b"))
    model.clear()
    model.add(1, _entries("c"))
    assert _names(model) == ["c"]
    assert model.unreadable_count == 1


def test_a_card_is_found_where_it_is_shown(view: FileList, model: FileModel) -> None:
    model.add(1, _entries(*(f"{number}.jpg" for number in range(1000))))
    view.scrollTo(model.index(777, 0))
    for row in (0, 1, 2, 3, 777, 999):
        index = model.index(row, 0)
        assert view.indexAt(view.visualRect(index).center()) == index
    assert view.viewport().rect().contains(view.visualRect(model.index(777, 0)))
    assert not view.indexAt(QPoint(5, 10**6)).isValid()


def test_cards_fill_the_width(view: FileList, model: FileModel) -> None:
    model.add(1, _entries("a", "b", "c", "d"))
    first, last = view.visualRect(model.index(0, 0)), view.visualRect(model.index(2, 0))
    assert first.top() == last.top()
    assert view.viewport().width() - last.right() <= 3
    assert view.visualRect(model.index(3, 0)).top() == CARD_HEIGHT


def test_the_keys_move_in_the_grid(qtbot: QtBot, view: FileList, model: FileModel) -> None:
    model.add(1, _entries(*(f"{number}.jpg" for number in range(10))))
    view.setCurrentIndex(model.index(0, 0))
    rows = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Home):
        qtbot.keyClick(view, key)
        rows.append(view.currentIndex().row())
    assert rows == [1, 4, 1, 9, 0]


def test_a_click_selects_and_enter_opens(qtbot: QtBot, view: FileList, model: FileModel) -> None:
    model.add(1, _entries("a", "b", "c"))
    centre = view.visualRect(model.index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert [index.row() for index in view.selectedIndexes()] == [1]
    with qtbot.waitSignal(view.activated) as activated:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert activated.args is not None
    assert activated.args[0].row() == 1


def test_a_selected_file_stays_selected_when_more_come(view: FileList, model: FileModel) -> None:
    model.add(1, _entries("a", "b"))
    select = QItemSelectionModel.SelectionFlag.ClearAndSelect
    view.selectionModel().setCurrentIndex(model.index(1, 0), select)
    model.add(2, _entries("c"))
    assert model.entry(view.currentIndex()) is model.entries[2]


def test_a_file_says_what_became_of_it(model: FileModel) -> None:
    model.add(1, _entries("bad.jpg"))
    index = model.index(0, 0)
    assert model.data(index) == "bad.jpg: Bad: bad.jpg."
    assert "run" in model.data(index, Qt.ItemDataRole.ToolTipRole)
