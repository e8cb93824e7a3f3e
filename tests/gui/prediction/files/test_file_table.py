"""The table of classified files: its rows, what it says of them, and what is selected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QSettings, Qt
from PySide6.QtGui import QIcon
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from cnn_studio.gui.prediction.files.arrangement import Column, FileFilter
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.files.file_model import FileModel
from cnn_studio.gui.prediction.files.file_pictures import FilePictures
from cnn_studio.gui.prediction.files.file_table import ROW_PX, FileTable
from cnn_studio.gui.theme import Theme
from tests.gui.prediction.conftest import write_picture
from tests.gui.prediction.files.entries import bad_entry, entry_of
from tests.prediction.answers import answer

_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


def _entries(*names: str) -> list[FileEntry]:
    return [bad_entry(name) for name in names]


@pytest.fixture
def theme(qtbot: QtBot, tmp_path: Path) -> Theme:
    return Theme(QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def pictures(theme: Theme) -> Iterator[FilePictures]:
    pictures = FilePictures(theme, theme)
    yield pictures
    pictures.shutdown()


@pytest.fixture
def model(pictures: FilePictures, theme: Theme) -> FileModel:
    model = FileModel(pictures, theme, theme)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


@pytest.fixture
def table(qtbot: QtBot, model: FileModel, pictures: FilePictures, theme: Theme) -> FileTable:
    table = FileTable(model, pictures, theme)
    qtbot.addWidget(table)
    table.resize(800, 5 * ROW_PX)
    table.show()
    return table


def _names(model: FileModel) -> list[str]:
    return [entry.name for entry in model.rows]


def _row(model: FileModel, row: int) -> list[str]:
    return [model.index(row, column).data() for column in Column]


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


def test_what_comes_while_it_is_sorted_or_filtered_finds_its_place(
    qtbot: QtBot, model: FileModel
) -> None:
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    model.add(1, _entries("b", "d"))
    model.add(1, _entries("c", "a"))
    qtbot.waitUntil(lambda: _names(model) == ["d", "c", "b", "a"])
    model.set_filter(FileFilter(text="a"))
    assert _names(model) == ["a"]
    model.sort(-1)
    model.set_filter(FileFilter())
    assert _names(model) == ["b", "d", "c", "a"]


def test_a_row_says_what_became_of_a_file(model: FileModel, theme: Theme) -> None:
    wrong = answer(Path("/d/shoe/x.jpg"), "cap", 0.75, true="shoe", score=0.01, unknown=True)
    model.add(1, [entry_of(wrong), bad_entry("bad.jpg")])
    assert _row(model, 0) == ["x.jpg", "cap", "75.0 %", "unknown", "pencil  12.5 %", "shoe"]
    assert _row(model, 1) == ["bad.jpg", "unreadable", "", "", "The file is empty.", "\N{EN DASH}"]
    spoken = int(Qt.ItemDataRole.AccessibleTextRole)
    assert model.index(0, 0).data(spoken) == "x.jpg: unknown, perhaps cap, 75 %"
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.splitlines()[0] == "/d/shoe/x.jpg"
    assert "It is shoe." in tip
    sign = model.index(0, Column.TRUE).data(Qt.ItemDataRole.DecorationRole)
    assert isinstance(sign, QIcon)


def test_pictures_are_made_for_the_rows_in_sight_only(
    qtbot: QtBot, table: FileTable, model: FileModel, pictures: FilePictures, tmp_path: Path
) -> None:
    paths = [write_picture(tmp_path / f"{number:03}.jpg", "red") for number in range(60)]
    entries = [entry_of(answer(path)) for path in paths]
    model.add(1, entries)

    def colour(number: int) -> str:
        return pictures.icon(entries[number]).pixmap(40).toImage().pixelColor(20, 20).name()

    plain = pictures.icon(bad_entry("bad.jpg")).pixmap(40).toImage().pixelColor(4, 20).name()
    qtbot.waitUntil(lambda: colour(0) not in (plain, "#000000"))
    assert not pictures._thumbnails._cache.get(paths[50])
    assert table.model().rowCount() == 60


def test_a_click_selects_and_enter_opens(qtbot: QtBot, table: FileTable, model: FileModel) -> None:
    model.add(1, _entries("a", "b", "c"))
    centre = table.visualRect(model.index(1, 0)).center()
    with qtbot.waitSignal(table.entry_reached) as reached:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert reached.args == [model.rows[1]]
    with qtbot.waitSignal(table.entry_opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [model.rows[1]]


def test_keys_go_through_the_list_and_select(
    qtbot: QtBot, table: FileTable, model: FileModel
) -> None:
    model.add(1, _entries(*(f"{number:03}" for number in range(100))))
    table.setCurrentIndex(model.index(3, 0))
    for _ in range(2):
        qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert [entry.name for entry in table.selected_entries()] == ["003", "004", "005"]
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert [entry.name for entry in table.selected_entries()] == ["099"]
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 0
    qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selected_count == 100


def test_who_comes_with_the_tab_key_sees_where_the_focus_is(
    qtbot: QtBot, table: FileTable, model: FileModel
) -> None:
    model.add(1, _entries("a", "b"))
    with qtbot.waitActive(table):
        table.activateWindow()
    table.clearFocus()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert [entry.name for entry in table.selected_entries()] == ["a"]


def test_what_is_selected_stays_so_when_files_come_or_are_sorted(
    table: FileTable, model: FileModel
) -> None:
    model.add(1, _entries("a", "b"))
    table.selectionModel().setCurrentIndex(model.index(1, 0), _SELECT)
    reached: list[FileEntry] = []
    table.entry_reached.connect(reached.append)
    model.add(2, _entries("c"))
    assert [entry.name for entry in table.selected_entries()] == ["b"]
    table.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert _names(model) == ["c", "b", "a"]
    assert [entry.name for entry in table.selected_entries()] == ["b"]
    model.set_filter(FileFilter(text="a"))
    assert table.selected_count == 0
    assert reached == []


def test_the_third_click_on_a_head_gives_the_order_of_arrival(
    qtbot: QtBot, table: FileTable, model: FileModel
) -> None:
    model.add(1, _entries("b", "a", "c"))
    head = table.horizontalHeader()
    orders = []
    for _ in range(3):
        place = head.viewport().rect().topLeft()
        place.setX(head.sectionViewportPosition(Column.NAME) + 20)
        place.setY(head.height() // 2)
        qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
        orders.append("".join(_names(model)))
    assert orders == ["abc", "cba", "bac"]


def test_columns_of_which_nothing_is_known_are_hidden(table: FileTable) -> None:
    assert table.isColumnHidden(Column.UNKNOWN)
    assert table.isColumnHidden(Column.TRUE)
    table.set_known(has_scores=True, has_truth=True)
    assert not table.isColumnHidden(Column.UNKNOWN)
    assert not table.isColumnHidden(Column.TRUE)
    table.resize(560, 200)
    assert table.isColumnHidden(Column.SECOND)
