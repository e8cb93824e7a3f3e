"""Runs are named, starred, compared, deleted and brought back, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QTableWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.runs.recipe_dialog import RecipeDialog
from cnn_studio.gui.training.runs.run_note_dialog import RunNoteDialog
from cnn_studio.gui.training.runs.runs_order import Column
from cnn_studio.gui.training.runs.runs_panel import RunsPanel
from cnn_studio.models.run_notes import RunNotes, read_notes
from cnn_studio.models.run_trash import list_trashed
from cnn_studio.models.runs import RunStatus, list_runs
from tests.gui.training.results.test_results import NOON, write_run

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio) -> Iterator[RunsPanel]:
    """Three runs on the screen, "c" the newest."""
    for hours, name in enumerate("abc"):
        recipe = {"epochs": 10, "learning_rate": 0.001 * (1 + hours)}
        write_run(studio.workspace, name, created=NOON + timedelta(hours=hours), recipe=recipe)
    panel = RunsPanel(studio)
    qtbot.addWidget(panel)
    studio.runs_changed.connect(panel.refresh)
    panel.resize(720, 320)
    with qtbot.waitActive(panel):
        panel.show()
        panel.activateWindow()
    panel.refresh()
    qtbot.waitUntil(lambda: listed(panel) == "cba")
    table(panel).setFocus()
    yield panel
    assert panel._studio.jobs.shutdown()


def table(panel: RunsPanel) -> QTableView:
    found = panel.findChild(QTableView, "runsTable")
    assert found is not None
    return found


def listed(panel: RunsPanel) -> str:
    return "".join(run.name for run in panel._table.runs)


def selected(panel: RunsPanel) -> str:
    return "".join(run.name for run in panel._table.selected_runs())


def cell(panel: RunsPanel, row: int, column: Column) -> QModelIndex:
    return table(panel).model().index(row, column)


def click(qtbot: QtBot, panel: RunsPanel, row: int, column: Column, keys: object = None) -> None:
    place = table(panel).visualRect(cell(panel, row, column)).center()
    modifiers = keys or Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(table(panel).viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def notes_of(panel: RunsPanel, name: str) -> RunNotes:
    return read_notes(panel._studio.workspace.runs / name)


def press(qtbot: QtBot, parent: QWidget, name: str) -> None:
    button = parent.findChild(QPushButton, name)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_head_sorts_and_what_is_selected_stays_so(qtbot: QtBot, panel: RunsPanel) -> None:
    click(qtbot, panel, 1, Column.TIME)
    assert selected(panel) == "b"
    table(panel).sortByColumn(Column.TIME, Qt.SortOrder.AscendingOrder)
    assert listed(panel) == "abc"
    assert selected(panel) == "b"
    panel.refresh()
    write_run(panel._studio.workspace, "d", created=NOON + timedelta(days=1))
    panel.refresh()
    qtbot.waitUntil(lambda: listed(panel) == "abcd")
    assert selected(panel) == "b"


def test_a_run_is_given_a_title_with_f2_and_its_folder_stays(
    qtbot: QtBot, panel: RunsPanel
) -> None:
    click(qtbot, panel, 1, Column.TIME)
    qtbot.keyClick(table(panel), Qt.Key.Key_F2)
    table(panel).edit(cell(panel, 1, Column.NAME))
    editor = table(panel).viewport().findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, "  With the   new lamp ")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: notes_of(panel, "b").title == "With the new lamp")
    assert cell(panel, 1, Column.NAME).data() == "With the new lamp"
    assert (panel._studio.workspace.runs / "b").is_dir()


def test_a_star_is_given_and_taken_by_a_press_and_for_several_by_a_key(
    qtbot: QtBot, panel: RunsPanel
) -> None:
    click(qtbot, panel, 0, Column.STAR)
    qtbot.waitUntil(lambda: notes_of(panel, "c").starred)
    table(panel).selectAll()
    qtbot.keyClick(table(panel), Qt.Key.Key_D, CTRL)
    qtbot.waitUntil(lambda: all(notes_of(panel, name).starred for name in "abc"))
    qtbot.keyClick(table(panel), Qt.Key.Key_D, CTRL)
    qtbot.waitUntil(lambda: not any(notes_of(panel, name).starred for name in "abc"))


def test_a_note_has_many_lines_and_is_found_again(qtbot: QtBot, panel: RunsPanel) -> None:
    click(qtbot, panel, 2, Column.TIME)
    qtbot.keyClick(table(panel), Qt.Key.Key_E, CTRL)
    dialog = panel.findChild(RunNoteDialog)
    assert dialog is not None
    field = dialog.findChild(QPlainTextEdit, "runNoteField")
    assert field is not None
    field.setPlainText("x" * 4001)
    save = dialog.findChild(QPushButton, "saveNoteButton")
    assert save is not None
    assert not save.isEnabled()
    field.setPlainText("Lamp on the left.\nTry 96 px.")
    press(qtbot, dialog, "saveNoteButton")
    qtbot.waitUntil(lambda: notes_of(panel, "a").note == "Lamp on the left.\nTry 96 px.")
    search = panel.findChild(QLineEdit, "runsFilterField")
    count = panel.findChild(QLabel, "runsCount")
    assert search is not None
    assert count is not None
    with qtbot.waitActive(panel):
        panel.activateWindow()
    qtbot.keyClick(table(panel), Qt.Key.Key_F, CTRL)
    qtbot.waitUntil(search.hasFocus)
    qtbot.keyClicks(search, "LEFT 96")
    assert listed(panel) == "a"
    assert count.text() == "1 of 3"
    qtbot.keyClicks(search, " nowhere")
    nothing = panel.findChild(QLabel, "noRuns")
    assert nothing is not None
    assert nothing.isVisible()
    search.clear()
    assert listed(panel) == "cba"


def test_deleted_runs_are_offered_back_and_ctrl_z_brings_them(
    qtbot: QtBot, panel: RunsPanel
) -> None:
    click(qtbot, panel, 0, Column.TIME)
    click(qtbot, panel, 1, Column.TIME, CTRL)
    assert selected(panel) == "bc"
    qtbot.keyClick(table(panel), Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: listed(panel) == "a")
    assert panel._undo_bar.text == "2 runs deleted."
    assert sorted(run.name for run in list_trashed(panel._studio.workspace)) == ["b", "c"]
    qtbot.keyClick(table(panel), Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: listed(panel) == "cba")
    assert panel._undo_bar.text == ""
    click(qtbot, panel, 2, Column.TIME)
    qtbot.keyClick(table(panel), Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: listed(panel) == "cb")
    panel._trash.edits.failed.emit("The folder cannot be changed.")
    assert panel._notice.text == "The folder cannot be changed."
    assert panel._undo_bar.text == "1 run deleted."  # an error does not push it away
    press(qtbot, panel, "undoBarButton")
    qtbot.waitUntil(lambda: listed(panel) == "cba")
    assert not list_trashed(panel._studio.workspace)


def test_the_trash_is_listed_restored_from_and_emptied_after_a_question(
    qtbot: QtBot, panel: RunsPanel
) -> None:
    table(panel).selectAll()
    qtbot.keyClick(table(panel), Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: listed(panel) == "" and panel._bar._trash.isEnabled())
    assert panel._bar._trash.text() == "Deleted runs (3)"
    panel._bar._trash.trigger()
    qtbot.waitUntil(lambda: listed(panel) == "cba")
    click(qtbot, panel, 0, Column.TIME)
    qtbot.keyClick(table(panel), Qt.Key.Key_Z, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: listed(panel) == "ba")
    click(qtbot, panel, 0, Column.TIME)
    qtbot.keyClick(table(panel), Qt.Key.Key_Delete, SHIFT)
    assert panel._notice.text == "Delete 1 run for good?"
    assert listed(panel) == "ba"
    press(qtbot, panel, "noticeAction")
    qtbot.waitUntil(lambda: listed(panel) == "a")
    press(qtbot, panel, "noticeAction")
    qtbot.waitUntil(lambda: listed(panel) == "c")
    assert [run.name for run in list_runs(panel._studio.workspace)] == ["c"]
    assert [run.name for run in list_trashed(panel._studio.workspace)] == ["a"]


def test_a_run_that_is_training_cannot_be_deleted(qtbot: QtBot, panel: RunsPanel) -> None:
    panel.set_live(panel._studio.workspace.runs / "c")
    click(qtbot, panel, 0, Column.TIME)
    assert not panel._actions._delete.isEnabled()
    click(qtbot, panel, 1, Column.TIME)
    assert panel._actions._delete.isEnabled()
    panel.set_live(None)


def test_two_recipes_are_compared_line_by_line(qtbot: QtBot, panel: RunsPanel) -> None:
    assert not panel._actions._compare.isEnabled()
    click(qtbot, panel, 0, Column.TIME)
    click(qtbot, panel, 2, Column.TIME, CTRL)
    qtbot.keyClick(table(panel), Qt.Key.Key_R, CTRL)
    dialog = panel.findChild(RecipeDialog)
    assert dialog is not None
    lines = dialog.findChild(QTableWidget, "recipeTable")
    said = dialog.findChild(QLabel, "recipeDifference")
    every = dialog.findChild(QCheckBox, "allLinesCheck")
    assert lines is not None
    assert said is not None
    assert every is not None

    def shown() -> list[str]:
        rows = [row for row in range(lines.rowCount()) if not lines.isRowHidden(row)]
        return [lines.item(row, 0).text() for row in rows]

    assert said.text() == "The recipes differ in one line."
    assert shown() == ["Learning rate"]
    every.setChecked(True)
    assert {"Learning rate", "Epochs", "Validation accuracy"} <= set(shown())
    dialog.reject()


def test_a_run_is_tried_with_enter_and_every_control_says_what_it_is(
    qtbot: QtBot, panel: RunsPanel
) -> None:
    with qtbot.waitSignal(panel.try_requested):
        qtbot.keyClick(table(panel), Qt.Key.Key_Return)
    for button in panel.findChildren(QToolButton):
        if button.objectName().startswith("runs"):
            assert button.toolTip()
            assert button.accessibleName()
    menu = panel._actions.menu(panel)
    texts = [action.text() for action in menu.actions() if action.isVisible() and action.text()]
    assert len(texts) == 10
    menu.close()


def test_a_finished_run_goes_on_with_so_many_epochs_and_a_stopped_one_at_once(
    qtbot: QtBot, panel: RunsPanel
) -> None:
    click(qtbot, panel, 0, Column.TIME)
    qtbot.keyClick(table(panel), Qt.Key.Key_K, CTRL)
    field = panel.findChild(QLineEdit, "popoverField")
    assert field is not None
    for text in ("", "0", "many", "20000"):
        field.setText(text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert field.isVisible(), text
    field.setText("5")
    with qtbot.waitSignal(panel.continue_requested) as asked:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert asked.args is not None
    assert (asked.args[0].name, asked.args[1]) == ("c", 5)
    stopped = panel._studio.workspace.runs / "z"
    write_run(panel._studio.workspace, "z", status=RunStatus.STOPPED, created=NOON)
    panel.select(stopped)
    panel.refresh()
    qtbot.waitUntil(lambda: selected(panel) == "z")
    with qtbot.waitSignal(panel.continue_requested) as asked:
        panel._actions.continue_requested.emit()
    assert asked.args is not None
    assert asked.args[1] == 0


def test_a_failed_deletion_is_told_and_the_list_is_true(
    qtbot: QtBot, panel: RunsPanel, tmp_path: Path
) -> None:
    (panel._studio.workspace.runs / ".trash").write_text("in the way")
    click(qtbot, panel, 0, Column.TIME)
    qtbot.keyClick(table(panel), Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "cannot be moved" in panel._notice.text)
    assert listed(panel) == "cba"
